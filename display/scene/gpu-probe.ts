/** Whether everything is drawn by the processor: a GPU is missing or hidden. */
export function drawsInSoftware(context: WebGL2RenderingContext | WebGLRenderingContext): boolean {
  const info = context.getExtension('WEBGL_debug_renderer_info');
  return info !== null && /swiftshader|llvmpipe|software/i.test(context.getParameter(info.UNMASKED_RENDERER_WEBGL));
}

/** Whether the GPU refused something since this was last asked. Waits for it: not for every picture. */
export function hasRefused(context: WebGL2RenderingContext | WebGLRenderingContext): boolean {
  const error = context.getError();
  return error !== context.NO_ERROR && error !== context.CONTEXT_LOST_WEBGL;
}

/** Tries it out on a canvas of its own, for those who must know before the wall is built. */
export function machineDrawsInSoftware(page: Document): boolean {
  const context = page.createElement('canvas').getContext('webgl2');
  if (!context) return false;
  const isSoftware = drawsInSoftware(context);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return isSoftware;
}

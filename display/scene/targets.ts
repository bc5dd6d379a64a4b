import {
  HalfFloatType,
  LinearFilter,
  LinearMipmapLinearFilter,
  type TextureDataType,
  UnsignedByteType,
  type WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import { drawsInSoftware } from './gpu-probe.ts';

/** Half floats where a GPU can draw into them, so that slow fades show no bands; bytes where it cannot, or is none. */
export const targetType = (renderer: WebGLRenderer): TextureDataType =>
  drawsInSoftware(renderer.getContext()) ? UnsignedByteType : finestType(renderer);

/** For values that are no colours: small, or negative. */
export function finestType({ extensions }: WebGLRenderer): TextureDataType {
  return extensions.has('EXT_color_buffer_float') || extensions.has('EXT_color_buffer_half_float')
    ? HalfFloatType
    : UnsignedByteType;
}

/** A texture to draw into, without depth. Sides in px. */
export function createTarget(
  width: number,
  height: number,
  type: TextureDataType,
  { mipmaps = false }: { readonly mipmaps?: boolean } = {},
): WebGLRenderTarget {
  return new WebGLRenderTarget(width, height, {
    type,
    depthBuffer: false,
    magFilter: LinearFilter,
    minFilter: mipmaps ? LinearMipmapLinearFilter : LinearFilter,
    generateMipmaps: mipmaps,
  });
}

import type { Texture, TextureDataType, WebGLRenderer, WebGLRenderTarget } from 'three';

/** What every layer of the wall draws with. */
export interface GpuContext {
  readonly renderer: WebGLRenderer;
  /** Type of the targets. */
  readonly type: TextureDataType;
  /** `noise-texture.ts`. */
  readonly noise: Texture;
  /** The picture of the whole wall, before it is mapped. */
  readonly picture: WebGLRenderTarget;
}

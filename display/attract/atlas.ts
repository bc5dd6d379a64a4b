import { Camera, Scene, type Texture, UnsignedByteType, type WebGLRenderer, type WebGLRenderTarget } from 'three';
import { Pass } from '../scene/pass.ts';
import copy from '../scene/shaders/copy.frag.glsl?raw';
import { createTarget } from '../scene/targets.ts';
import { uploadable } from '../scene/upload.ts';

/** Side of a tile, px: that of the thumbnails. */
const tileSide = 128;
/** Mipmaps of the whole atlas cost time: they are made at most this often, ms. */
const mipmapPause = 400;

/** How many tiles an atlas has next to and below each other. */
export interface AtlasGrid {
  readonly columns: number;
  readonly rows: number;
}

/** A grid for `faces` faces: sides are powers of two, so that mipmaps never mix two tiles. Pure. */
export function atlasGrid(faces: number): AtlasGrid {
  const cells = 2 ** Math.ceil(Math.log2(Math.max(64, faces)));
  const columns = 2 ** Math.ceil(Math.log2(cells) / 2);
  return { columns, rows: cells / columns };
}

/** Many small faces in one texture, filled tile by tile. */
export class Atlas {
  readonly grid: AtlasGrid;
  private readonly renderer: WebGLRenderer;
  private readonly target: WebGLRenderTarget;
  private readonly copy = new Pass(copy, { uSource: { value: null as Texture | null } });
  private readonly nothing = new Scene();
  private readonly camera = new Camera();
  private mipmapsAt = Number.NEGATIVE_INFINITY;
  private stale = false;

  constructor(renderer: WebGLRenderer, grid: AtlasGrid) {
    this.renderer = renderer;
    this.grid = grid;
    const side = Math.min(tileSide, renderer.capabilities.maxTextureSize / grid.columns);
    this.target = createTarget(grid.columns * side, grid.rows * side, UnsignedByteType, { mipmaps: true });
    this.target.texture.mipmapsAutoUpdate = false;
  }

  get texture(): Texture {
    return this.target.texture;
  }

  /** Fills a tile with a picture. The bitmap may be closed afterwards. */
  put(slot: number, bitmap: ImageBitmap): void {
    const texture = uploadable(bitmap);
    this.putTexture(slot, texture);
    texture.dispose();
  }

  /** Fills a tile with what another texture shows now. */
  putTexture(slot: number, texture: Texture): void {
    const { columns } = this.grid;
    const side = this.target.width / columns;
    this.target.viewport.set((slot % columns) * side, Math.floor(slot / columns) * side, side, side);
    this.copy.uniforms.uSource.value = texture;
    this.copy.render(this.renderer, this.target);
    this.stale = true;
  }

  /** Brings the mipmaps up to date, now and then. `now` in ms. */
  refresh(now: number): void {
    if (!this.stale || now - this.mipmapsAt < mipmapPause) return;
    this.stale = false;
    this.mipmapsAt = now;
    // three makes mipmaps after a drawing: draw nothing, once.
    this.target.texture.mipmapsAutoUpdate = true;
    this.renderer.setRenderTarget(this.target);
    this.renderer.render(this.nothing, this.camera);
    this.target.texture.mipmapsAutoUpdate = false;
  }

  dispose(): void {
    this.target.dispose();
    this.copy.dispose();
  }
}

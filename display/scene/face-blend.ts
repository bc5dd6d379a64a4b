import { type Texture, type TextureDataType, Vector2, type WebGLRenderer } from 'three';
import { Pass } from './pass.ts';
import blend from './shaders/blend.frag.glsl?raw';
import copy from './shaders/copy.frag.glsl?raw';
import { createTarget } from './targets.ts';
import { uploadable } from './upload.ts';

/**
 * The face as it is now, at the size it came in. Each new picture dissolves in from whatever is seen at that moment, so
 * that nothing jumps however fast pictures follow each other.
 */
export class FaceBlend {
  private readonly renderer: WebGLRenderer;
  private readonly type: TextureDataType;
  private readonly pass = new Pass(blend, {
    uFrom: { value: null as Texture | null },
    uTo: { value: null as Texture | null },
    uCorner: { value: new Vector2() },
    uProgress: { value: 0 },
    uSpread: { value: 0 },
    uSeed: { value: 0 },
  });
  private readonly copy = new Pass(copy, { uSource: { value: null as Texture | null } });
  private incoming: Texture<ImageBitmap> | null = null;
  private from;
  private current;
  private drawn = Number.NaN;

  constructor(renderer: WebGLRenderer, type: TextureDataType) {
    this.renderer = renderer;
    this.type = type;
    this.from = createTarget(1, 1, type);
    this.current = createTarget(1, 1, type);
    this.copy.render(renderer, this.current);
  }

  /** What is seen, [side, side], with mipmaps. */
  get texture(): Texture {
    return this.current.texture;
  }

  get side(): number {
    return this.current.width;
  }

  /**
   * Uploads a picture as the next to dissolve into. `spread` 0..1: how far it grows region by region rather than everywhere
   * at once. The bitmap may be closed afterwards.
   */
  show(bitmap: ImageBitmap, spread: number): void {
    const incoming = this.upload(bitmap);
    const side = Math.min(bitmap.width, bitmap.height);
    if (side === this.side) [this.from, this.current] = [this.current, this.from];
    else this.resize(side);
    const { uniforms } = this.pass;
    uniforms.uFrom.value = this.from.texture;
    uniforms.uTo.value = incoming;
    uniforms.uCorner.value.set((bitmap.width - side) >> 1, (bitmap.height - side) >> 1);
    uniforms.uSpread.value = spread;
    uniforms.uSeed.value = (uniforms.uSeed.value + 2) & 0xffff;
    this.drawn = Number.NaN;
  }

  /** Draws the face `progress` (0..1) of the way; tells whether anything changed. */
  draw(progress: number): boolean {
    if (progress === this.drawn || !this.pass.uniforms.uTo.value) return false;
    this.pass.uniforms.uProgress.value = progress;
    this.pass.render(this.renderer, this.current);
    this.drawn = progress;
    return true;
  }

  dispose(): void {
    this.incoming?.dispose();
    this.from.dispose();
    this.current.dispose();
    this.pass.dispose();
    this.copy.dispose();
  }

  /** Into the same texture for as long as the size stays the same. */
  private upload(bitmap: ImageBitmap): Texture {
    const { incoming } = this;
    if (incoming?.image.width === bitmap.width && incoming.image.height === bitmap.height) {
      incoming.image = bitmap;
      incoming.needsUpdate = true;
    } else {
      incoming?.dispose();
      this.incoming = uploadable(bitmap);
    }
    const texture = this.incoming!;
    this.renderer.initTexture(texture);
    return texture;
  }

  /** New textures of another size, with what is seen copied over. */
  private resize(side: number): void {
    const from = createTarget(side, side, this.type, { mipmaps: true });
    this.copy.uniforms.uSource.value = this.current.texture;
    this.copy.render(this.renderer, from);
    this.from.dispose();
    this.current.dispose();
    this.from = from;
    this.current = createTarget(side, side, this.type, { mipmaps: true });
  }
}

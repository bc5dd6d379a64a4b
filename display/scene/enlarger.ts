import { type Texture, type TextureDataType, Vector2, type WebGLRenderer, type WebGLRenderTarget } from 'three';
import { Pass } from './pass.ts';
import enlarge from './shaders/enlarge.frag.glsl?raw';
import { createTarget } from './targets.ts';

/** Enlarges a square picture in doublings, each along its edges, so that few pixels look like brushwork, not like pixels. */
export class Enlarger {
  private readonly renderer: WebGLRenderer;
  private readonly type: TextureDataType;
  private readonly pass = new Pass(enlarge, {
    uSource: { value: null as Texture | null },
    uSize: { value: new Vector2() },
  });
  private readonly targets: WebGLRenderTarget[] = [];

  constructor(renderer: WebGLRenderer, type: TextureDataType) {
    this.renderer = renderer;
    this.type = type;
  }

  /** Enlarges `source` of `side` px until `wanted` px are reached, or gives it back where it is that large already. */
  enlarge(source: Texture, side: number, wanted: number): { readonly texture: Texture; readonly side: number } {
    let texture = source;
    let size = side;
    let step = 0;
    // Not for the last few percent: the output's own filter does those.
    for (; size * 1.3 < wanted; step++) {
      const target = this.target(step, size * 2);
      this.pass.uniforms.uSource.value = texture;
      this.pass.uniforms.uSize.value.set(size, size);
      this.pass.render(this.renderer, target);
      texture = target.texture;
      size *= 2;
    }
    for (const unused of this.targets.splice(step)) unused.dispose();
    this.result.texture = texture;
    this.result.side = size;
    return this.result;
  }

  dispose(): void {
    for (const target of this.targets) target.dispose();
    this.pass.dispose();
  }

  /** Given back again and again: drawing allocates nothing. */
  private readonly result = { texture: null as unknown as Texture, side: 0 };

  private target(step: number, side: number): WebGLRenderTarget {
    const existing = this.targets[step];
    if (existing?.width === side) return existing;
    existing?.dispose();
    const target = createTarget(side, side, this.type);
    this.targets[step] = target;
    return target;
  }
}

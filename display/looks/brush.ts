import { type Texture, type TextureDataType, Vector2, type WebGLRenderer } from 'three';
import { Pass } from '../scene/pass.ts';
import copy from '../scene/shaders/copy.frag.glsl?raw';
import { createTarget, finestType } from '../scene/targets.ts';
import blur from './blur.frag.glsl?raw';
import kuwahara from './kuwahara.frag.glsl?raw';
import tensor from './tensor.frag.glsl?raw';

const sourceUniform = () => ({ uSource: { value: null as Texture | null } });

/** The painterly look: brush strokes laid along the forms of the face, on a square of fixed size. */
export class Brush {
  private readonly renderer: WebGLRenderer;
  private readonly fit = new Pass(copy, sourceUniform());
  private readonly tensor = new Pass(tensor, { ...sourceUniform(), uSize: { value: new Vector2() } });
  private readonly blur = new Pass(blur, { ...sourceUniform(), uStep: { value: new Vector2() } });
  private readonly stroke = new Pass(kuwahara, {
    ...sourceUniform(),
    uTensor: { value: null as Texture | null },
    uSize: { value: new Vector2() },
    uRadius: { value: 4 },
    uAmount: { value: 1 },
  });
  private readonly fitted;
  private readonly strokes;
  private readonly tensors;
  private readonly scratch;
  readonly side: number;

  constructor(renderer: WebGLRenderer, type: TextureDataType, side: number) {
    this.renderer = renderer;
    this.side = side;
    this.fitted = createTarget(side, side, type);
    this.strokes = createTarget(side, side, type);
    const fine = finestType(renderer);
    this.tensors = createTarget(side, side, fine);
    this.scratch = createTarget(side, side, fine);
    this.tensor.uniforms.uSize.value.set(side, side);
    this.stroke.uniforms.uSize.value.set(side, side);
    this.tensor.uniforms.uSource.value = this.fitted.texture;
    this.stroke.uniforms.uSource.value = this.fitted.texture;
    this.stroke.uniforms.uTensor.value = this.tensors.texture;
  }

  /** The painted face, [side, side]. */
  get texture(): Texture {
    return this.strokes.texture;
  }

  /** Directions of the strokes, as a blurred structure tensor. */
  get directions(): Texture {
    return this.tensors.texture;
  }

  /** Paints `source`. `amount` 0..1: from hardly there to broad strokes. */
  draw(source: Texture, amount: number): void {
    const { renderer } = this;
    this.fit.uniforms.uSource.value = source;
    this.fit.render(renderer, this.fitted);
    this.tensor.render(renderer, this.tensors);
    this.blurInto(this.tensors.texture, this.scratch, 1, 0);
    this.blurInto(this.scratch.texture, this.tensors, 0, 1);
    this.stroke.uniforms.uRadius.value = (2 + 4 * amount) * (this.side / 256);
    this.stroke.uniforms.uAmount.value = Math.min(1, amount * 3);
    this.stroke.render(renderer, this.strokes);
  }

  dispose(): void {
    for (const part of [this.fit, this.tensor, this.blur, this.stroke]) part.dispose();
    for (const target of [this.fitted, this.strokes, this.tensors, this.scratch]) target.dispose();
  }

  private blurInto(from: Texture, to: ReturnType<typeof createTarget>, x: number, y: number): void {
    this.blur.uniforms.uSource.value = from;
    this.blur.uniforms.uStep.value.set(x / this.side, y / this.side);
    this.blur.render(this.renderer, to);
  }
}

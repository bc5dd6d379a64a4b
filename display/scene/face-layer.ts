import { type Texture, Vector2 } from 'three';
import { Brush } from '../looks/brush.ts';
import { Enlarger } from './enlarger.ts';
import { FaceBlend } from './face-blend.ts';
import type { GpuContext } from './gpu-context.ts';
import { overlay, Pass } from './pass.ts';
import type { QualityLevel } from './quality.ts';
import copy from './shaders/copy.frag.glsl?raw';
import face from './shaders/face.frag.glsl?raw';
import soften from './shaders/soften.frag.glsl?raw';
import { createTarget } from './targets.ts';
import type { View } from './view.ts';

/** How much darker the corners of the face are, 0..1. */
const vignette = 0.42;
/** Few pixels: what is thrown on the wall has no forms. Enlarged softly, so that they show no facets. */
const glowSide = 16;
const softGlowSide = 64;

/** The face: blended, painted or plain, enlarged, and laid on the wall. */
export class FaceLayer {
  private readonly gpu: GpuContext;
  private readonly blend;
  private readonly enlarger;
  private readonly glow;
  private readonly softGlow;
  private readonly shrink = new Pass(copy, { uSource: { value: null as Texture | null } });
  private readonly soften = new Pass(soften, {
    uSource: { value: null as Texture | null },
    uSize: { value: new Vector2(glowSide, glowSide) },
  });
  private readonly lay = new Pass(
    face,
    {
      uCanvas: { value: null as Texture | null },
      uCanvasSize: { value: new Vector2() },
      uGlow: { value: null as Texture | null },
      uTensor: { value: null as Texture | null },
      uNoise: { value: null as Texture | null },
      uPicture: { value: new Vector2() },
      uCentre: { value: new Vector2() },
      uSide: { value: 1 },
      uFeather: { value: new Vector2() },
      uLight: { value: 0 },
      uVignette: { value: vignette },
      uBristle: { value: 0 },
      uOpacity: { value: 0 },
      uFine: { value: true },
    },
    overlay,
  );
  private brush: Brush | null = null;
  private paintedAt = Number.NaN;
  private canvasWanted = 0;

  constructor(gpu: GpuContext) {
    this.gpu = gpu;
    this.blend = new FaceBlend(gpu.renderer, gpu.type);
    this.enlarger = new Enlarger(gpu.renderer, gpu.type);
    this.glow = createTarget(glowSide, glowSide, gpu.type);
    this.softGlow = createTarget(softGlowSide, softGlowSide, gpu.type);
    this.soften.uniforms.uSource.value = this.glow.texture;
    this.lay.uniforms.uGlow.value = this.softGlow.texture;
    this.lay.uniforms.uNoise.value = gpu.noise;
  }

  /** The face as it came, for whoever wants to keep a small copy. */
  get texture(): Texture {
    return this.blend.texture;
  }

  show(bitmap: ImageBitmap, spread: number): void {
    this.blend.show(bitmap, spread);
  }

  /** Brings the face up to date: only what changed is drawn again. */
  prepare(view: View, quality: QualityLevel): void {
    const { painterly } = view.looks;
    const changed = this.blend.draw(view.progress);
    if (!changed && painterly === this.paintedAt && quality.canvas === this.canvasWanted) return;
    this.paintedAt = painterly;
    this.canvasWanted = quality.canvas;
    const { uniforms } = this.lay;
    this.shrink.uniforms.uSource.value = this.blend.texture;
    this.shrink.render(this.gpu.renderer, this.glow);
    this.soften.render(this.gpu.renderer, this.softGlow);
    const painted = painterly > 0.004 ? this.paint(painterly, quality) : null;
    const canvas = painted
      ? this.enlarger.enlarge(painted.texture, painted.side, quality.canvas)
      : this.enlarger.enlarge(this.blend.texture, this.blend.side, quality.canvas);
    uniforms.uCanvas.value = canvas.texture;
    uniforms.uCanvasSize.value.set(canvas.side, canvas.side);
    uniforms.uTensor.value = painted?.directions ?? null;
    uniforms.uBristle.value = painted && quality.fine ? painterly : 0;
    uniforms.uFine.value = quality.fine;
  }

  /** Lays the face into the picture of `width` x `height` px. */
  draw({ face }: View, width: number, height: number): void {
    if (face.opacity <= 0) return;
    const { uniforms } = this.lay;
    uniforms.uPicture.value.set(width, height);
    uniforms.uCentre.value.set(face.x, face.y);
    uniforms.uSide.value = face.side;
    uniforms.uFeather.value.set(face.featherX, face.featherY);
    uniforms.uLight.value = face.light;
    uniforms.uOpacity.value = face.opacity;
    this.lay.render(this.gpu.renderer, this.gpu.picture);
  }

  dispose(): void {
    const { blend, enlarger, glow, softGlow, shrink, soften: softening, lay } = this;
    for (const part of [blend, enlarger, glow, softGlow, shrink, softening, lay]) part.dispose();
    this.brush?.dispose();
  }

  private paint(amount: number, quality: QualityLevel): Brush {
    // Strokes have the size of features, not of pixels: a larger source is painted on a larger canvas, within reason.
    const side = Math.min(quality.brush, Math.max(192, this.blend.side * 2));
    if (this.brush?.side !== side) {
      this.brush?.dispose();
      this.brush = new Brush(this.gpu.renderer, this.gpu.type, side);
    }
    this.brush.draw(this.blend.texture, amount);
    return this.brush;
  }
}

import { LinearSRGBColorSpace, WebGLRenderer, type WebGLRenderTarget } from 'three';
import { identityMapping, type Mapping } from '../../server/protocol/mapping.ts';
import { AttractWall } from '../attract/attract-wall.ts';
import { CaptionLayer } from '../captions/caption-layer.ts';
import type { LoadBitmap } from '../load-bitmap.ts';
import { orient } from '../mapping/orientation.ts';
import { Output, type OutputSettings } from '../mapping/output.ts';
import { PatternLayer } from '../mapping/pattern-layer.ts';
import { FaceLayer } from './face-layer.ts';
import type { GpuContext } from './gpu-context.ts';
import { drawsInSoftware, hasRefused } from './gpu-probe.ts';
import { noiseTexture } from './noise-texture.ts';
import { PortraitLayer } from './portrait-layer.ts';
import type { QualityLevel } from './quality.ts';
import { createTarget, targetType } from './targets.ts';
import type { View } from './view.ts';

/** No projector shows more, and no wall needs more, px. */
const longestSide = 3_840;

/**
 * Everything that lives on the GPU. It decides nothing: it draws a `View`. When the GPU is lost, the whole stage is thrown
 * away and a new one built.
 */
export class Stage {
  /** Whether there is no GPU. */
  readonly isSoftware: boolean;
  readonly face: FaceLayer;
  readonly portrait: PortraitLayer;
  readonly captions: CaptionLayer;
  readonly wall: AttractWall;
  private readonly renderer: WebGLRenderer;
  private readonly gpu: GpuContext & { picture: WebGLRenderTarget };
  private readonly pattern: PatternLayer;
  private readonly output: Output;
  private mapping: Mapping = identityMapping;
  private readonly settings: OutputSettings = {
    width: 1,
    height: 1,
    light: 0,
    grain: 0,
    film: 0,
    moment: 0,
    fine: true,
  };
  private screenWidth = 0;
  private screenHeight = 0;

  /** Throws where there is no WebGL 2 (just now). `name` of the display, for its test pattern. */
  constructor(canvas: HTMLCanvasElement, name: string, load: LoadBitmap) {
    const renderer = new WebGLRenderer({ canvas, alpha: false, depth: false, antialias: false });
    renderer.outputColorSpace = LinearSRGBColorSpace;
    renderer.autoClear = false;
    renderer.setClearColor(0x000000, 1);
    this.renderer = renderer;
    this.isSoftware = drawsInSoftware(renderer.getContext());
    const type = targetType(renderer);
    this.gpu = { renderer, type, noise: noiseTexture(), picture: createTarget(1, 1, type) };
    this.output = new Output(this.gpu.noise);
    this.face = new FaceLayer(this.gpu);
    this.portrait = new PortraitLayer(this.gpu);
    this.captions = new CaptionLayer(this.gpu);
    this.wall = new AttractWall(this.gpu, load);
    this.pattern = new PatternLayer(this.gpu, name);
  }

  /** Width to height of the picture, before it is mapped. */
  get aspect(): number {
    return this.gpu.picture.width / this.gpu.picture.height;
  }

  /** Whether the GPU refused something since this was last asked. */
  get hasRefused(): boolean {
    return hasRefused(this.renderer.getContext());
  }

  setMapping(mapping: Mapping): void {
    this.mapping = mapping;
    this.layOut();
  }

  /** Follows the size of the screen (CSS px, `ratio` pixels each) and the quality. */
  resize(width: number, height: number, ratio: number, { pixels }: QualityLevel): void {
    const scale = Math.min(ratio, longestSide / Math.max(width, height)) * pixels;
    const screenWidth = Math.max(1, Math.round(width * scale));
    const screenHeight = Math.max(1, Math.round(height * scale));
    if (screenWidth === this.screenWidth && screenHeight === this.screenHeight) return;
    this.renderer.setSize(screenWidth, screenHeight, false);
    this.screenWidth = screenWidth;
    this.screenHeight = screenHeight;
    this.layOut();
  }

  /** Draws the wall once. `dt`: seconds since the last time, for what fades by itself. */
  draw(view: View, quality: QualityLevel, dt: number): void {
    const { picture } = this.gpu;
    const { width, height } = picture;
    this.face.prepare(view, quality);
    this.wall.prepare(view);
    this.renderer.setRenderTarget(picture);
    this.renderer.clear();
    if (view.testPattern) this.pattern.draw(width, height);
    else {
      this.pattern.forget();
      this.wall.draw(view, width, height);
      this.face.draw(view, width, height);
      this.portrait.draw(view, width, height);
      this.captions.draw(dt);
    }
    this.show(view, quality);
  }

  dispose(): void {
    for (const part of [this.face, this.portrait, this.captions, this.wall, this.pattern, this.output]) part.dispose();
    this.gpu.picture.dispose();
    this.gpu.noise.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private show(view: View, { fine }: QualityLevel): void {
    const { settings } = this;
    const { grain } = view.looks;
    settings.width = this.gpu.picture.width;
    settings.height = this.gpu.picture.height;
    settings.light = view.light;
    // A breath of grain is always there: it gives few pixels the texture of many.
    settings.grain = view.testPattern ? 0 : 0.045 + 0.26 * grain;
    settings.film = view.testPattern ? 0 : grain;
    settings.moment = view.moment;
    settings.fine = fine;
    this.output.draw(this.renderer, this.gpu.picture.texture, settings);
  }

  private layOut(): void {
    if (this.screenWidth === 0) return;
    const orientation = orient(this.screenWidth, this.screenHeight, this.mapping);
    this.output.setMapping(this.mapping, orientation);
    const { width, height } = orientation;
    if (width === this.gpu.picture.width && height === this.gpu.picture.height) return;
    this.gpu.picture.setSize(width, height);
    this.captions.resize(width, height);
  }
}

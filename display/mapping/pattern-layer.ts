import { CanvasTexture, LinearFilter, NoColorSpace, type Texture } from 'three';
import type { GpuContext } from '../scene/gpu-context.ts';
import { Pass } from '../scene/pass.ts';
import copy from '../scene/shaders/copy.frag.glsl?raw';
import { drawTestPattern } from './test-pattern.ts';

/** The test pattern in place of the picture. It is drawn when it is first seen, and forgotten afterwards. */
export class PatternLayer {
  private readonly gpu: GpuContext;
  private readonly name: string;
  private readonly pass = new Pass(copy, { uSource: { value: null as Texture | null } });
  private texture: Texture | null = null;
  private size = '';

  constructor(gpu: GpuContext, name: string) {
    this.gpu = gpu;
    this.name = name;
  }

  draw(width: number, height: number): void {
    if (this.size !== `${width} ${height}`) this.make(width, height);
    this.pass.render(this.gpu.renderer, this.gpu.picture);
  }

  forget(): void {
    this.texture?.dispose();
    this.texture = null;
    this.size = '';
  }

  dispose(): void {
    this.forget();
    this.pass.dispose();
  }

  private make(width: number, height: number): void {
    this.forget();
    const canvas = document.createElement('canvas');
    drawTestPattern(canvas, width, height, this.name);
    const texture = new CanvasTexture(canvas);
    Object.assign(texture, { flipY: false, generateMipmaps: false, minFilter: LinearFilter, colorSpace: NoColorSpace });
    this.texture = texture;
    this.pass.uniforms.uSource.value = texture;
    this.size = `${width} ${height}`;
  }
}

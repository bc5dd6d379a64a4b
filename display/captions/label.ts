import { CanvasTexture, LinearFilter, NoColorSpace, type Texture, Vector2, Vector4 } from 'three';
import type { GpuContext } from '../scene/gpu-context.ts';
import { overlay, Pass } from '../scene/pass.ts';
import box from '../scene/shaders/box.vert.glsl?raw';
import fragment from './label.frag.glsl?raw';
import type { Box } from './lines.ts';

/** A canvas of words laid onto the picture. */
export class Label {
  readonly canvas = document.createElement('canvas');
  private readonly gpu: GpuContext;
  private readonly pass = new Pass(
    fragment,
    {
      uWords: { value: null as Texture | null },
      uBox: { value: new Vector4() },
      uPicture: { value: new Vector2() },
      uOpacity: { value: 0 },
    },
    overlay,
    box,
  );
  private texture: CanvasTexture | null = null;

  constructor(gpu: GpuContext) {
    this.gpu = gpu;
  }

  /** Takes over what was drawn on the canvas, to be seen in `box`. */
  update(box: Box): void {
    // A new texture each time, a few times a minute: the size may have changed.
    this.texture?.dispose();
    this.texture = new CanvasTexture(this.canvas);
    this.texture.flipY = false;
    this.texture.generateMipmaps = false;
    this.texture.minFilter = LinearFilter;
    this.texture.premultiplyAlpha = true;
    this.texture.colorSpace = NoColorSpace;
    this.pass.uniforms.uWords.value = this.texture;
    this.pass.uniforms.uBox.value.set(box.x, box.y, box.width, box.height);
  }

  draw(opacity: number, width: number, height: number): void {
    if (opacity <= 0 || !this.texture) return;
    this.pass.uniforms.uPicture.value.set(width, height);
    this.pass.uniforms.uOpacity.value = opacity;
    this.pass.render(this.gpu.renderer, this.gpu.picture);
  }

  dispose(): void {
    this.texture?.dispose();
    this.pass.dispose();
  }
}

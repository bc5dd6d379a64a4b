import { type Texture, Vector2, Vector4 } from 'three';
import type { GpuContext } from './gpu-context.ts';
import { overlay, Pass } from './pass.ts';
import box from './shaders/box.vert.glsl?raw';
import portrait from './shaders/portrait.frag.glsl?raw';
import { uploadable } from './upload.ts';
import type { View } from './view.ts';

/** The photograph beside the face, for as long as there is one. */
export class PortraitLayer {
  private readonly gpu: GpuContext;
  private readonly pass = new Pass(
    portrait,
    {
      uPhoto: { value: null as Texture | null },
      uCrop: { value: new Vector2(1, 1) },
      uPicture: { value: new Vector2() },
      uBox: { value: new Vector4() },
      uFeather: { value: new Vector2() },
      uOpacity: { value: 0 },
    },
    overlay,
    box,
  );
  private texture: Texture | null = null;

  constructor(gpu: GpuContext) {
    this.gpu = gpu;
  }

  /** Shows a photograph, or forgets it: nothing of it stays. The bitmap may be closed afterwards. */
  show(bitmap: ImageBitmap | null): void {
    this.texture?.dispose();
    this.texture = bitmap && uploadable(bitmap);
    this.pass.uniforms.uPhoto.value = this.texture;
    if (!bitmap || !this.texture) return;
    const side = Math.min(bitmap.width, bitmap.height);
    this.pass.uniforms.uCrop.value.set(side / bitmap.width, side / bitmap.height);
    this.gpu.renderer.initTexture(this.texture);
  }

  draw({ portrait: { x, y, side, opacity }, face }: View, width: number, height: number): void {
    if (opacity <= 0 || !this.texture) return;
    const { uniforms } = this.pass;
    uniforms.uPicture.value.set(width, height);
    uniforms.uBox.value.set(x - side / 2, y - side / 2, side, side);
    uniforms.uFeather.value.set(face.featherX, face.featherY);
    uniforms.uOpacity.value = opacity;
    this.pass.render(this.gpu.renderer, this.gpu.picture);
  }

  dispose(): void {
    this.texture?.dispose();
    this.pass.dispose();
  }
}

import {
  BufferAttribute,
  Camera,
  DataTexture,
  FloatType,
  InstancedBufferGeometry,
  Mesh,
  NearestFilter,
  RedFormat,
  Scene,
  type Texture,
  Vector2,
} from 'three';
import type { GpuContext } from '../scene/gpu-context.ts';
import { overlay, shader } from '../scene/pass.ts';
import type { View } from '../scene/view.ts';
import type { AtlasGrid } from './atlas.ts';
import { fieldFor } from './field.ts';
import fragment from './wall.frag.glsl?raw';
import vertex from './wall.vert.glsl?raw';

/** Most faces the wall knows. */
export const mostFaces = 512;

/** The receding wall: all faces of the chain as instances of one tile. */
export class FaceWall {
  private readonly gpu: GpuContext;
  private readonly slots = new DataTexture(new Float32Array(mostFaces).fill(-1), mostFaces, 1, RedFormat, FloatType);
  private readonly uniforms = {
    uSlots: { value: this.slots as Texture },
    uAtlas: { value: null as Texture | null },
    uGrid: { value: new Vector2(1, 1) },
    uFaces: { value: 0 },
    uCount: { value: 0 },
    uNewest: { value: 0 },
    uFraction: { value: 0 },
    uDepth: { value: 1 },
    uSpacious: { value: 1 },
    uSize: { value: 1 },
    uAspect: { value: 1 },
    uSway: { value: new Vector2() },
    uOpacity: { value: 0 },
  };
  private readonly geometry = new InstancedBufferGeometry();
  private readonly mesh = new Mesh(this.geometry, shader(vertex, fragment, this.uniforms, overlay));
  private readonly scene = new Scene();
  private readonly camera = new Camera();

  constructor(gpu: GpuContext) {
    this.gpu = gpu;
    const corners = new Float32Array([-0.5, -0.5, 0, 0.5, -0.5, 0, -0.5, 0.5, 0, 0.5, 0.5, 0]);
    this.geometry.setAttribute('position', new BufferAttribute(corners, 3));
    this.geometry.setIndex([0, 1, 2, 2, 1, 3]);
    this.slots.minFilter = NearestFilter;
    this.slots.magFilter = NearestFilter;
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
    this.scene.matrixWorldAutoUpdate = false;
    this.scene.add(this.mesh);
  }

  /** How many faces there are; they are shown again and again until the field is full. */
  setFaces(faces: number): void {
    const field = fieldFor(Math.min(faces, mostFaces));
    this.uniforms.uFaces.value = field.faces;
    this.uniforms.uCount.value = field.count;
    this.uniforms.uDepth.value = field.depth;
    this.uniforms.uSpacious.value = field.spacious;
    this.uniforms.uSize.value = field.size;
    this.geometry.instanceCount = field.count;
  }

  setAtlas(texture: Texture, { columns, rows }: AtlasGrid): void {
    this.uniforms.uAtlas.value = texture;
    this.uniforms.uGrid.value.set(columns, rows);
  }

  /** The tile of face `index` (oldest first), -1 where it is not there. */
  setSlot(index: number, slot: number): void {
    const data = this.slots.image.data as Float32Array;
    if (index >= mostFaces || data[index] === slot) return;
    data[index] = slot;
    this.slots.needsUpdate = true;
  }

  draw({ wall }: View, width: number, height: number): void {
    const { uniforms } = this;
    if (wall.opacity <= 0 || uniforms.uFaces.value === 0 || !uniforms.uAtlas.value) return;
    const whole = Math.floor(wall.receded);
    uniforms.uNewest.value = whole;
    uniforms.uFraction.value = wall.receded - whole;
    uniforms.uAspect.value = width / height;
    uniforms.uSway.value.set(wall.swayX, wall.swayY);
    uniforms.uOpacity.value = wall.opacity;
    this.gpu.renderer.setRenderTarget(this.gpu.picture);
    this.gpu.renderer.render(this.scene, this.camera);
  }

  dispose(): void {
    this.geometry.dispose();
    this.mesh.material.dispose();
    this.slots.dispose();
  }
}

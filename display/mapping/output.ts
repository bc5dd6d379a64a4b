import {
  BufferAttribute,
  BufferGeometry,
  Camera,
  DoubleSide,
  Mesh,
  Scene,
  type Texture,
  Vector2,
  Vector3,
  Vector4,
  type WebGLRenderer,
} from 'three';
import type { Mapping } from '../../server/protocol/mapping.ts';
import { shader } from '../scene/pass.ts';
import fragment from '../scene/shaders/output.frag.glsl?raw';
import vertex from '../scene/shaders/output.vert.glsl?raw';
import type { Orientation } from './orientation.ts';
import { buildWarpMesh } from './warp-mesh.ts';

/** The last step: the finished picture onto the screen, as the mapping lays it. */
export class Output {
  private readonly uniforms = {
    uPicture: { value: null as Texture | null },
    uPictureSize: { value: new Vector2() },
    uLookupX: { value: new Vector3() },
    uLookupY: { value: new Vector3() },
    uEdges: { value: new Vector4() },
    uGamma: { value: 1 },
    uLight: { value: 0 },
    uGrain: { value: 0 },
    uFilm: { value: 0 },
    uNoise: { value: null as Texture | null },
    uShift: { value: new Vector2() },
    uFine: { value: true },
  };
  private readonly scene = new Scene();
  private readonly camera = new Camera();
  private readonly mesh = new Mesh(new BufferGeometry(), shader(vertex, fragment, this.uniforms, { side: DoubleSide }));
  private brightness = 1;

  constructor(noise: Texture) {
    this.uniforms.uNoise.value = noise;
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
    this.scene.matrixWorldAutoUpdate = false;
    this.scene.add(this.mesh);
  }

  /** Lays the picture as `mapping` says; one that spans nothing leaves the screen as it was. */
  setMapping(mapping: Mapping, { lookup }: Orientation): void {
    const net = buildWarpMesh(mapping);
    if (!net) return;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(net.positions, 4));
    geometry.setAttribute('place', new BufferAttribute(net.places, 2));
    geometry.setIndex(new BufferAttribute(net.indices, 1));
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
    const [a, b, c, d, e, f] = lookup;
    this.uniforms.uLookupX.value.set(a, b, c);
    this.uniforms.uLookupY.value.set(d, e, f);
    const { left, right, top, bottom, gamma } = mapping.softEdges;
    this.uniforms.uEdges.value.set(left, right, top, bottom);
    this.uniforms.uGamma.value = gamma;
    this.brightness = mapping.brightness;
  }

  /** Draws `picture` ([height, width] px) onto the screen. */
  draw(renderer: WebGLRenderer, picture: Texture, settings: OutputSettings): void {
    const { uniforms } = this;
    const { width, height, light, grain, film, moment, fine } = settings;
    uniforms.uPicture.value = picture;
    uniforms.uPictureSize.value.set(width, height);
    uniforms.uLight.value = light * this.brightness;
    uniforms.uGrain.value = grain;
    uniforms.uFilm.value = film;
    uniforms.uFine.value = fine;
    // Steps without a common measure, so that no grain comes back to its place.
    uniforms.uShift.value.set((moment * 97) & 255, (moment * 151) & 255);
    renderer.setRenderTarget(null);
    renderer.clear();
    renderer.render(this.scene, this.camera);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

export interface OutputSettings {
  width: number;
  height: number;
  /** 0..1. */
  light: number;
  grain: number;
  film: number;
  moment: number;
  /** Whether there is time for the better grain. */
  fine: boolean;
}

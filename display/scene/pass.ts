import {
  BufferAttribute,
  BufferGeometry,
  Camera,
  CustomBlending,
  GLSL3,
  type IUniform,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  RawShaderMaterial,
  Scene,
  type ShaderMaterialParameters,
  type WebGLRenderer,
  type WebGLRenderTarget,
} from 'three';
import noise from './shaders/noise.glsl?raw';
import sampling from './shaders/sampling.glsl?raw';
import screen from './shaders/screen.vert.glsl?raw';

export type Uniforms = Record<string, IUniform>;

const precision = 'precision highp float;\nprecision highp int;\nprecision highp sampler2D;\n';

/** Light over light: premultiplied, so that alpha 0 adds. */
export const overlay = {
  transparent: true,
  blending: CustomBlending,
  blendSrc: OneFactor,
  blendDst: OneMinusSrcAlphaFactor,
} as const;

/** A shader of the wall: our own GLSL with its helpers before it, and nothing of three's lights, depth or colours. */
export function shader(
  vertexShader: string,
  fragmentShader: string,
  uniforms: Uniforms,
  parameters: ShaderMaterialParameters = {},
): RawShaderMaterial {
  return new RawShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: precision + noise + vertexShader,
    fragmentShader: precision + noise + sampling + fragmentShader,
    uniforms,
    depthTest: false,
    depthWrite: false,
    ...parameters,
  });
}

/** One fragment shader over everything, or over what `vertexShader` leaves of it. */
export class Pass<U extends Uniforms> {
  readonly uniforms: U;
  private readonly mesh: Mesh<BufferGeometry, RawShaderMaterial>;
  private readonly scene = new Scene();
  private readonly camera = new Camera();

  constructor(fragmentShader: string, uniforms: U, parameters: ShaderMaterialParameters = {}, vertexShader = screen) {
    this.uniforms = uniforms;
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(new Float32Array([-1, -1, 0, 3, -1, 0, -1, 3, 0]), 3));
    this.mesh = new Mesh(geometry, shader(vertexShader, fragmentShader, uniforms, parameters));
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
    this.scene.matrixWorldAutoUpdate = false;
    this.scene.add(this.mesh);
  }

  /** Draws into `target`, or onto the screen where it is null. */
  render(renderer: WebGLRenderer, target: WebGLRenderTarget | null): void {
    renderer.setRenderTarget(target);
    renderer.render(this.scene, this.camera);
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

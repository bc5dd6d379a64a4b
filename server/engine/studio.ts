import { join } from '../chain/step-record.ts';
import { input } from '../graph/ops.ts';
import { fromTensor, type RgbImage } from '../image/rgb-image.ts';
import { nearCentre } from '../networks/centres.ts';
import { bendOf, bent } from '../networks/directions.ts';
import { type FacePack, loadFacePack, packSha256 } from '../networks/face-pack.ts';
import { atMost, perceptualDistance, targetFeatures } from '../networks/perceptual.ts';
import { cacheFolder } from '../paths.ts';
import { type Latent, repeatW, truncatedWs } from '../projection/latent.ts';
import { createProjector, type Projector } from '../projection/projector.ts';
import { RandomState } from '../projection/random.ts';
import { type ProjectionSettings, presets } from '../projection/settings.ts';
import { createRuntime, type EngineChoice } from '../runtime/create-runtime.ts';
import type { CompiledGraph, Runtime } from '../runtime/runtime.ts';
import type { MixPart, ReadyMessage, StepMessage } from './messages.ts';

const live: ProjectionSettings = presets.chain;
/** Truncation psi of random faces, around the pack's centres, or around the mean where it has none. */
const truncation = { centres: 0.3, mean: 0.7 };
/** Latents of nobody that are remembered: a walk between two of them asks for both at every picture. */
const nobodiesKept = 64;

/** Everything that draws faces, compiled once for the life of the engine's process. */
export class Studio {
  readonly projector: Projector;
  readonly ready: ReadyMessage;
  readonly #pack: FacePack;
  readonly #synthesis: CompiledGraph;
  readonly #mapping: CompiledGraph;
  readonly #distance: CompiledGraph;
  /** The mean face, [3, R, R]: what no portrait should be more unlike than. */
  #meanFace: Float32Array = new Float32Array(0);
  readonly #start: Float32Array;
  readonly #nobodies = new Map<number, Float32Array>();
  /** What is added to every latent that is shown; null where nothing is. */
  #bend: Float32Array | null = null;

  private constructor(pack: FacePack, projector: Projector, graphs: readonly CompiledGraph[], ready: ReadyMessage) {
    this.#pack = pack;
    this.projector = projector;
    [this.#synthesis, this.#mapping, this.#distance] = graphs;
    this.ready = ready;
    // The noise maps that the network was trained with: fresh ones would be a rougher face.
    const noise = pack.generator.noiseMaps.map(({ stored }) => stored);
    this.#start = this.vector({ ws: pack.start ?? projector.meanLatent(0).ws, noise });
  }

  /**
   * Loads a pack and compiles it. Throws PACK_*, WEIGHTS_* or ENGINE_UNAVAILABLE.
   *
   * @param stepMs how long a step takes, where that is known from a process before this one: then nothing is warmed up,
   * since somebody may be waiting in the middle of a becoming
   */
  static async open(
    folder: string,
    engine: EngineChoice,
    threads: number | undefined,
    stepMs: number | null,
  ): Promise<Studio> {
    const pack = loadFacePack(folder);
    const runtime: Runtime = await createRuntime(engine, { threads });
    const { generator, description } = pack;
    const { resolution, numWs, wDim, zDim, noiseMaps } = generator;
    const projector = await createProjector(runtime, generator, pack, live, { cache: cacheFolder });
    const noise = noiseMaps.map(({ size }, i) => input(`noise.${i}`, [1, 1, size, size]));
    const synthesis = await runtime.compile({
      outputs: { image: generator.synthesis(input('ws', [1, numWs, wDim]), noise) },
    });
    const mapping = await runtime.compile({ outputs: { w: generator.mapping(input('z', [1, zDim])) } });
    const face = atMost(input('face', [1, 3, resolution, resolution]), live.lossSize);
    const portrait = atMost(input('portrait', [1, 3, resolution, resolution]), live.lossSize);
    const features = targetFeatures(pack.perceptual, portrait);
    const distance = await runtime.compile({
      outputs: { distance: perceptualDistance(pack.perceptual, face, features) },
    });
    const studio = new Studio(pack, projector, [synthesis, mapping, distance], {
      type: 'ready',
      pack: {
        name: description.name,
        sha256: await packSha256(pack),
        resolution,
        numWs,
        wDim,
        noise: noiseMaps.map(({ size }) => size),
      },
      directions: [...pack.directions.keys()],
      engine: runtime.name,
      stepMs: stepMs ?? (await warmUp(projector, resolution)),
    });
    studio.#meanFace = await studio.#synthesise(projector.meanLatent(0));
    if (stepMs === null) {
      await studio.draw(studio.start);
      for (let i = 0; i < 2; i++) await studio.meanFaceDistance(new Float32Array(3 * resolution * resolution));
    }
    return studio;
  }

  /** What the first visitor grows out of, as a vector. */
  get start(): Float32Array {
    return this.#start;
  }

  /** The latent that a vector holds (`latentLength`), as views. */
  latent(vector: Float32Array): Latent {
    const { numWs, wDim, noiseMaps } = this.#pack.generator;
    let at = numWs * wDim;
    const noise = noiseMaps.map(({ size }) => {
      at += size * size;
      return vector.subarray(at - size * size, at);
    });
    return { ws: vector.subarray(0, numWs * wDim), noise };
  }

  /** A latent as one vector: to journal, send and mix. */
  vector(latent: Latent): Float32Array {
    return join(latent.ws, this.noiseOf(latent));
  }

  /** A latent's noise maps one after the other. */
  noiseOf({ noise }: Latent): Float32Array {
    const all = new Float32Array(noise.reduce((sum, map) => sum + map.length, 0));
    let at = 0;
    for (const map of noise) {
      all.set(map, at);
      at += map.length;
    }
    return all;
  }

  /** Bends what is shown from now on: how far in each of the pack's directions, by name; others are ignored. */
  setDirections(values: Readonly<Record<string, number>>): void {
    this.#bend = bendOf(this.#pack.directions, values);
  }

  /**
   * A step's pictures: its own, [3, R, R], is shown and kept. Only where faces are bent, what is shown is drawn anew, and
   * its own goes beside it.
   */
  async pictures(image: Float32Array, latent: Latent): Promise<Pick<StepMessage, 'image' | 'unbent'>> {
    if (this.#bend === null) return { image: this.#bytes(image), unbent: null };
    return { image: this.#bytes(await this.#synthesise(this.#bent(latent))), unbent: this.#bytes(image) };
  }

  /** How unlike a portrait [3, R, R] the mean face is, as the projection sees it: likeness is measured against this. */
  async meanFaceDistance(portrait: Float32Array): Promise<number> {
    return (await this.#distance.run({ face: this.#meanFace, portrait })).distance[0];
  }

  /** Draws a vector as it is: what is kept does not depend on where the sliders stand. */
  draw(vector: Float32Array): Promise<RgbImage> {
    return this.#draw(this.latent(vector));
  }

  /** Draws a vector bent, as all that is shown. */
  drawBent(vector: Float32Array): Promise<RgbImage> {
    return this.#draw(this.#bent(this.latent(vector)));
  }

  async #draw(latent: Latent): Promise<RgbImage> {
    const { resolution } = this.#pack.generator;
    return { width: resolution, height: resolution, data: this.#bytes(await this.#synthesise(latent)) };
  }

  #bent({ ws, noise }: Latent): Latent {
    return { ws: bent(ws, this.#bend), noise };
  }

  /** The weighted sum of several faces' latents, as a vector. */
  async mix(parts: readonly MixPart[]): Promise<Float32Array> {
    const sum = new Float32Array(this.#start.length);
    for (const { share, source } of parts) {
      const ws =
        source.kind === 'start' ? this.#start : source.kind === 'latent' ? source.ws : await this.#nobody(source.seed);
      for (let i = 0; i < sum.length; i++) sum[i] += share * ws[i];
    }
    return sum;
  }

  async #nobody(seed: number): Promise<Float32Array> {
    const known = this.#nobodies.get(seed);
    if (known !== undefined) return known;
    const { generator, centres } = this.#pack;
    const { w } = await this.#mapping.run({ z: new RandomState(seed).normals(generator.zDim) });
    const { mean } = this.projector.statistics;
    const ws =
      centres.length > 0
        ? repeatW(nearCentre(w, mean, centres, seed, truncation.centres), generator.numWs)
        : truncatedWs(w, mean, truncation.mean, generator);
    const vector = this.vector({ ws, noise: this.latent(this.#start).noise });
    if (this.#nobodies.size >= nobodiesKept) this.#nobodies.delete(this.#nobodies.keys().next().value as number);
    this.#nobodies.set(seed, vector);
    return vector;
  }

  async #synthesise({ ws, noise }: Latent): Promise<Float32Array> {
    const maps = Object.fromEntries(noise.map((map, i) => [`noise.${i}`, map]));
    return (await this.#synthesis.run({ ws, ...maps })).image;
  }

  #bytes(image: Float32Array): Uint8Array {
    const { resolution } = this.#pack.generator;
    return fromTensor(image, resolution, resolution).data;
  }
}

/** The second run of a graph is slow and the first one slower: no visitor should wait for them. Returns a step's ms. */
async function warmUp(projector: Projector, resolution: number): Promise<number> {
  const target = new Float32Array(3 * resolution * resolution);
  const start = projector.meanLatent(0);
  let began = performance.now();
  let ms = 0;
  for await (const { frame, show } of projector.become({ target, start, isWarm: false, seed: 0, steps: 200 })) {
    await show();
    ms = performance.now() - began;
    began = performance.now();
    if (frame === 2) break;
  }
  return ms;
}

import { cloneLatent, type Latent, meanW, mixLatents, repeatW } from './latent.ts';
import { regulariseNoise, renormalise } from './noise-regularisation.ts';
import { createOptimiser, type Optimiser } from './optimiser.ts';
import type { Machinery, ProjectionRequest, ProjectionStep, Seen } from './projector.ts';
import { RandomState } from './random.ts';
import { rateAt, stepNoiseAt } from './schedule.ts';

/** Pictures in which a search that ended beside its best point eases back to it. */
const SETTLE = 8;
/** A last loss within this part of the best one counts as the best. */
const SETTLED = 1.005;

/**
 * The stepping loop: evaluate, show, move, until the steps are done, the face is close enough or nothing changes any
 * more. The first picture is the start itself, so that one visitor's last picture is the next one's first; the last
 * picture is the best one found, reached without a jump.
 */
export async function* project(
  machinery: Machinery,
  request: ProjectionRequest,
): AsyncGenerator<ProjectionStep, void, void> {
  const { settings } = machinery;
  const steps = request.steps ?? settings.steps;
  const easeIn = request.easeIn ?? 0;
  const progress = request.progress ?? ((step: number) => step / steps);
  const search = new Search(machinery, request);
  await search.lookAt(request.target);
  let best: { step: number; loss: number; latent: Latent } | undefined;
  const losses: number[] = [];
  for (let step = 0; ; step++) {
    if (request.signal?.aborted) return;
    const done = progress(step);
    const seen = await search.evaluate(step, done);
    losses.push(seen.loss);
    if (best === undefined || seen.loss < best.loss) best = { step, loss: seen.loss, latent: seen.latent };
    const isEnough = seen.perceptual < settings.stopAtDistance || isFlat(losses, settings.stopWhenFlat, steps);
    const isOver = done >= 1 || isEnough;
    const isSettled = seen.loss <= best.loss * SETTLED;
    yield { ...seen, step, best: { step: best.step, loss: best.loss }, isLast: isOver && isSettled };
    if (!isOver) {
      search.move(done, Math.min(1, (step + 1) / (easeIn + 1)));
      continue;
    }
    if (isSettled) return;
    for (let k = 1; k <= SETTLE; k++) {
      if (request.signal?.aborted) return;
      const eased = await search.show(mixLatents(seen.latent, best.latent, k / SETTLE));
      yield { ...eased, step: step + k, best: { step: best.step, loss: best.loss }, isLast: k === SETTLE };
    }
    return;
  }
}

/** A latent drawn and measured, with the gradients of its loss. */
interface Evaluation extends Seen {
  readonly gradients: Readonly<Record<string, Float32Array>>;
}

/** Draws a latent and measures it against a portrait that the target graph has encoded. */
async function evaluate(
  { step }: Machinery,
  target: Readonly<Record<string, Float32Array>>,
  latent: Latent,
): Promise<Evaluation> {
  const { image, loss, perceptual, mse, ...gradients } = await step.run({ ...feeds(latent), ...target });
  return { image, loss: loss[0], perceptual: perceptual[0], mse: mse[0], latent, gradients };
}

/** Draws a latent and measures it as `evaluate` does, without gradients: for a third of the time. */
export async function view(
  machinery: Machinery,
  target: Readonly<Record<string, Float32Array>>,
  latent: Latent,
): Promise<Seen> {
  const { image, loss, perceptual, mse } = await machinery.view.run({ ...feeds(latent), ...target });
  return { image, loss: loss[0], perceptual: perceptual[0], mse: mse[0], latent };
}

const feeds = ({ ws, noise }: Latent): Record<string, Float32Array> => ({
  ws,
  ...Object.fromEntries(noise.map((map, i) => [`noise.${i}`, map])),
});

/** The state of one search: the parameters being moved and the gradients they last met. */
class Search {
  readonly #m: Machinery;
  readonly #isWarm: boolean;
  readonly #random: RandomState;
  /** [numWs, wDim], or [wDim] while searching in W. */
  #latent: Float32Array;
  readonly #noise: Float32Array[];
  #latentOptimiser: Optimiser;
  readonly #noiseOptimisers: Optimiser[];
  #target: Record<string, Float32Array> = {};
  #gradients: Readonly<Record<string, Float32Array>> = {};

  constructor(machinery: Machinery, request: ProjectionRequest) {
    const { generator, settings } = machinery;
    this.#m = machinery;
    this.#isWarm = request.isWarm;
    this.#random = new RandomState(request.seed);
    const start = cloneLatent(request.start);
    this.#latent = settings.space === 'w+' ? start.ws : meanW(start.ws, generator.wDim);
    this.#noise = [...start.noise];
    this.#latentOptimiser = this.#optimiserFor(this.#latent);
    this.#noiseOptimisers =
      settings.noiseMaps.mode === 'optimised' ? this.#noise.map((m) => this.#optimiserFor(m)) : [];
  }

  /** Computes once what the steps need to know of the portrait. */
  async lookAt(target: Float32Array): Promise<void> {
    this.#target = await this.#m.target.run({ target });
  }

  /** Draws and judges the current latent, at first with the step's noise on it; `done` is how far the search is, 0..1. */
  async evaluate(step: number, done: number): Promise<Seen> {
    const { settings, generator } = this.#m;
    if (settings.space === 'w-then-w+' && this.#isW && done >= settings.wPart) this.#enterWPlus();
    const ws = this.#isW ? repeatW(this.#latent, generator.numWs) : this.#latent.slice();
    // The start is shown as it is, and so is the end: one must join to the face before, the other to the next.
    if (step > 0 && done < 1) this.#addStepNoise(ws, done);
    return this.show({ ws, noise: this.#noise.map((map) => map.slice()) });
  }

  /** Draws and judges any latent. */
  async show(latent: Latent): Promise<Seen> {
    const { gradients, ...seen } = await evaluate(this.#m, this.#target, latent);
    this.#gradients = gradients;
    return seen;
  }

  /** Moves latent and noise against the gradients of the last evaluation, by a part of the schedule's rate. */
  move(done: number, part: number): void {
    const { settings, generator } = this.#m;
    const rate = settings.rate * rateAt(settings.schedule, done) * part;
    const slope = this.#gradients['grad.ws'];
    // In W every layer shares the latent: its gradient is the sum of theirs.
    const gradient = this.#isW ? meanW(slope, generator.wDim).map((g) => g * generator.numWs) : slope.slice();
    this.#pull(gradient);
    this.#latentOptimiser.step(this.#latent, gradient, rate);
    this.#noiseOptimisers.forEach((optimiser, i) => {
      const map = this.#noise[i];
      const g = this.#gradients[`grad.noise.${i}`].slice();
      regulariseNoise(map, generator.noiseMaps[i].size, settings.noiseMaps.regularisation, g);
      optimiser.step(map, g, rate);
      renormalise(map);
    });
  }

  get #isW(): boolean {
    return this.#latent.length === this.#m.generator.wDim;
  }

  #enterWPlus(): void {
    this.#latent = repeatW(this.#latent, this.#m.generator.numWs);
    this.#latentOptimiser = this.#optimiserFor(this.#latent);
  }

  #optimiserFor(parameters: Float32Array): Optimiser {
    const { optimiser, adam } = this.#m.settings;
    return createOptimiser(optimiser, parameters.length, adam);
  }

  #addStepNoise(ws: Float32Array, done: number): void {
    const { settings, statistics, generator } = this.#m;
    const size = stepNoiseAt(settings.stepNoise, done) * statistics.std;
    const factor = size * (this.#isWarm ? settings.stepNoise.warmFactor : 1);
    if (factor === 0) return;
    const noise = this.#random.normals(this.#latent.length);
    for (let i = 0; i < ws.length; i++) ws[i] += factor * noise[this.#isW ? i % generator.wDim : i];
  }

  /** Adds the gradient of pull * |w - w_avg|^2 / std^2, averaged over layers: 1 times the pull for a random latent. */
  #pull(gradient: Float32Array): void {
    const { settings, statistics } = this.#m;
    if (settings.pull === 0) return;
    const { mean, std } = statistics;
    const layers = gradient.length / mean.length;
    const factor = (2 * settings.pull) / (layers * std ** 2);
    for (let i = 0; i < gradient.length; i++) gradient[i] += factor * (this.#latent[i] - mean[i % mean.length]);
  }
}

/** Whether the loss fell by less than `part` over the last tenth of the steps (never within the first fifth). */
function isFlat(losses: readonly number[], part: number, steps: number): boolean {
  const window = Math.max(2, Math.ceil(steps / 10));
  if (part === 0 || losses.length < 2 * window) return false;
  const before = losses[losses.length - 1 - window];
  return before - losses[losses.length - 1] < part * before;
}

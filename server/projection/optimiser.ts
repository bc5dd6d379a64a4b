/**
 * An optimiser of a vector. It keeps its own memory of the gradients it has seen; `step` changes the parameters in
 * place, since noise maps of a 1024 px network hold 2.8 million numbers.
 */
export interface Optimiser {
  step(parameters: Float32Array, gradient: Float32Array, rate: number): void;
}

export type OptimiserName = 'adam' | 'lbfgs' | 'gradient-descent';

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
}

export function createOptimiser(name: OptimiserName, size: number, adamOptions: AdamOptions): Optimiser {
  if (name === 'adam') return adam(size, adamOptions);
  return name === 'lbfgs' ? lbfgs() : { step: gradientDescent };
}

/** Kingma and Ba 2015, https://arxiv.org/abs/1412.6980, with bias correction and epsilon 1e-8. */
export function adam(size: number, { beta1, beta2 }: AdamOptions): Optimiser {
  const mean = new Float32Array(size);
  const square = new Float32Array(size);
  let count = 0;
  return {
    step: (parameters, gradient, rate) => {
      count++;
      const a = rate / (1 - beta1 ** count);
      const b = 1 / (1 - beta2 ** count);
      for (let i = 0; i < size; i++) {
        const g = gradient[i];
        mean[i] = beta1 * mean[i] + (1 - beta1) * g;
        square[i] = beta2 * square[i] + (1 - beta2) * g * g;
        parameters[i] -= (a * mean[i]) / (Math.sqrt(b * square[i]) + 1e-8);
      }
    },
  };
}

function gradientDescent(parameters: Float32Array, gradient: Float32Array, rate: number): void {
  for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * gradient[i];
}

/**
 * Limited-memory BFGS with a fixed rate in place of a line search, so that every step costs one evaluation. The first
 * step is a gradient step of unit 1-norm at most; pairs without positive curvature are not kept.
 * Source: Nocedal and Wright, Numerical Optimization, algorithm 7.4.
 */
export function lbfgs(memory = 10): Optimiser {
  const pairs: { s: Float32Array; y: Float32Array; rho: number }[] = [];
  let last: { parameters: Float32Array; gradient: Float32Array } | undefined;
  return {
    step: (parameters, gradient, rate) => {
      if (last !== undefined) {
        const s = difference(parameters, last.parameters);
        const y = difference(gradient, last.gradient);
        const curvature = dot(s, y);
        if (curvature > 1e-10 * dot(y, y)) {
          pairs.push({ s, y, rho: 1 / curvature });
          if (pairs.length > memory) pairs.shift();
        }
      }
      last = { parameters: parameters.slice(), gradient: gradient.slice() };
      const direction = twoLoop(pairs, gradient);
      for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * direction[i];
    },
  };
}

function twoLoop(
  pairs: readonly { s: Float32Array; y: Float32Array; rho: number }[],
  gradient: Float32Array,
): Float32Array {
  const q = gradient.slice();
  const alphas = new Array<number>(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    alphas[k] = pairs[k].rho * dot(pairs[k].s, q);
    addScaled(q, pairs[k].y, -alphas[k]);
  }
  const newest = pairs.at(-1);
  const scale = newest
    ? 1 / (newest.rho * dot(newest.y, newest.y))
    : Math.min(1, 1 / gradient.reduce((sum, g) => sum + Math.abs(g), 1e-30));
  for (let i = 0; i < q.length; i++) q[i] *= scale;
  pairs.forEach(({ s, y, rho }, k) => {
    addScaled(q, s, alphas[k] - rho * dot(y, q));
  });
  return q;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function addScaled(target: Float32Array, x: Float32Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] += factor * x[i];
}

const difference = (a: Float32Array, b: Float32Array): Float32Array => a.map((v, i) => v - b[i]);

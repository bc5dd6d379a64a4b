import type { CurvePoint } from '../../../server/protocol/snapshot.ts';

export interface Chart {
  /** SVG paths in a box of `width` x `height`. */
  readonly loss: string;
  readonly likeness: string;
  readonly lastStep: number;
  readonly highestLoss: number;
  readonly lowestLoss: number;
}

/** More points than a tablet has pixels are of no use. */
const mostPoints = 300;

/** The curves of a becoming: likeness from 0 at the foot to 1, loss in its logarithm. Null below two points. Pure. */
export function chartOf(curve: readonly CurvePoint[], width: number, height: number): Chart | null {
  const points = thinOut(curve.filter(({ loss, likeness }) => loss > 0 && Number.isFinite(loss + likeness)));
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || last.step <= first.step) return null;
  const losses = points.map(({ loss }) => loss);
  const highestLoss = Math.max(...losses);
  const lowestLoss = Math.min(...losses);
  const span = Math.log(highestLoss) - Math.log(lowestLoss) || 1;
  const x = ({ step }: CurvePoint) => ((step - first.step) / (last.step - first.step)) * width;
  const draw = (share: (point: CurvePoint) => number) =>
    points
      .map((point, index) => `${index ? 'L' : 'M'}${round(x(point))} ${round((1 - share(point)) * height)}`)
      .join('');
  return {
    loss: draw(({ loss }) => (Math.log(loss) - Math.log(lowestLoss)) / span),
    likeness: draw(({ likeness }) => Math.min(1, Math.max(0, likeness))),
    lastStep: last.step,
    highestLoss,
    lowestLoss,
  };
}

/** Every n-th point, and always the last. */
function thinOut(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

const round = (value: number): number => Math.round(value * 10) / 10;

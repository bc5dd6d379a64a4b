import type { FilmFace } from './film-record.ts';
import { type Html, html } from './html.ts';

/** The view box; the picture is stretched to whatever room the page gives it. */
const width = 1000;
const height = 200;
/** More points than this are closer together than the pixels of a screen. */
const mostPoints = 300;

interface Point {
  readonly step: number;
  readonly value: number;
}

/** The steps at which a face's likeness was measured; where none was, its loss. */
export function curvePoints(face: FilmFace): Point[] {
  const measured = face.curve.flatMap(({ step, lpips }) => (lpips === null ? [] : [{ step, value: lpips }]));
  return measured.length > 0 ? measured : face.curve.map(({ step, loss }) => ({ step, value: loss }));
}

/**
 * The way to likeness as inline SVG: steps to the right, and upwards the closeness to the portrait, so that the upper
 * edge would be the portrait itself (distance 0) and the lower one is `farthest`.
 */
export function likenessCurve(face: FilmFace, farthest: number): Html {
  const points = thinned(curvePoints(face));
  const steps = Math.max(1, face.steps);
  const place = ({ step, value }: Point): string => {
    const x = width * Math.min(1, Math.max(0, step / steps));
    const y = height * Math.min(1, Math.max(0, value / (farthest || 1)));
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  };
  const line = points.map(place).join(' L ');
  const foot = (point: Point | undefined) => `${place(point ?? { step: 0, value: 0 }).split(' ')[0]} ${height}`;
  const area = `M ${foot(points[0])} L ${line} L ${foot(points.at(-1))} Z`;
  return html`<svg class="curve" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true" focusable="false">
${points.length > 0 && html`<path class="area" d="${area}"/><path class="line" d="M ${line}"/>`}
</svg>`;
}

/** Every n-th point and the last. */
function thinned(points: readonly Point[]): readonly Point[] {
  const every = Math.ceil(points.length / mostPoints);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

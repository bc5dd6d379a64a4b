import { chartOf } from '../model/chart.ts';
import { percent } from '../model/words.ts';
import type { View } from './context.ts';

const width = 600;
const height = 180;

/** How the becoming in hand, or the last one, came near its visitor. */
export function Curve({ view }: { readonly view: View }) {
  const { curve } = view.state;
  const chart = chartOf(curve, width, height);
  const last = curve.at(-1);
  return (
    <section class="card" aria-labelledby="curve">
      <h2 id="curve">Becoming, step by step</h2>
      {chart && last ? (
        <>
          <svg
            class="chart"
            viewBox={`-2 -6 ${width + 4} ${height + 12}`}
            role="img"
            aria-label={`After ${last.step} steps: likeness ${percent(last.likeness)}, loss ${last.loss.toPrecision(3)}.`}
          >
            {[0, 0.25, 0.5, 0.75, 1].map((share) => (
              <path key={share} class="chart-line" d={`M0 ${share * height}H${width}`} />
            ))}
            <path class="chart-loss" d={chart.loss} />
            <path class="chart-likeness" d={chart.likeness} />
          </svg>
          <p class="legend">
            <span class="key-likeness">Likeness {percent(last.likeness)}</span>
            <span class="key-loss">
              Loss {last.loss.toPrecision(3)}, from {chart.highestLoss.toPrecision(3)}
            </span>
            <span>{last.step} steps</span>
          </p>
        </>
      ) : (
        <p class="help">The curve appears with the next visitor.</p>
      )}
    </section>
  );
}

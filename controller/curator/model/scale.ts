/** A range of numbers as a slider shows it. */
export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly scale: 'linear' | 'log';
}

/** Positions of a slider: 0 to this. */
export const sliderEnd = 1_000;

const clamp = (value: number, { min, max }: Range): number => Math.min(max, Math.max(min, value));

/** The nearest value of the range: a whole number of steps from its lower end. Pure. */
export function snap(value: number, range: Range): number {
  const { min, step } = range;
  const snapped = min + Math.round((value - min) / step) * step;
  // Steps of 0.05 are no binary numbers: 0.15000000000000002 is shown and sent as 0.15.
  return clamp(Number(snapped.toFixed(decimals(step))), range);
}

/** Where the slider stands for a value: 0 to `sliderEnd`. Pure. */
export function positionOf(value: number, range: Range): number {
  const { min, max, scale } = range;
  const inside = clamp(value, range);
  const share = scale === 'log' ? Math.log(inside / min) / Math.log(max / min) : (inside - min) / (max - min);
  return Math.round(share * sliderEnd);
}

/** The part of the slider that is filled, 0..1: from its start, or from 0 where it goes both ways. Pure. */
export function filledPart(value: number, range: Range): { readonly from: number; readonly to: number } {
  const at = positionOf(value, range) / sliderEnd;
  const zero = range.min < 0 ? positionOf(0, range) / sliderEnd : 0;
  return { from: Math.min(at, zero), to: Math.max(at, zero) };
}

/** The value for a place of the slider. Pure. */
export function valueAt(position: number, range: Range): number {
  const { min, max, scale } = range;
  const share = position / sliderEnd;
  return snap(scale === 'log' ? min * (max / min) ** share : min + (max - min) * share, range);
}

/** Where a key leads: arrows by one step, pages by a tenth of the slider, home and end; null for other keys. Pure. */
export function nudge(value: number, key: string, range: Range): number | null {
  const page = sliderEnd / 10;
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return snap(value + range.step, range);
    case 'ArrowLeft':
    case 'ArrowDown':
      return snap(value - range.step, range);
    case 'PageUp':
      return valueAt(Math.min(sliderEnd, positionOf(value, range) + page), range);
    case 'PageDown':
      return valueAt(Math.max(0, positionOf(value, range) - page), range);
    case 'Home':
      return range.min;
    case 'End':
      return range.max;
    default:
      return null;
  }
}

/** Digits after the point that a step asks for. */
export const decimals = (step: number): number => (String(step).split('.')[1] ?? '').length;

/** A typed number, snapped; null where it is none or outside. A comma is taken for a point. Pure. */
export function readNumber(text: string, range: Range): number | null {
  const value = Number(text.trim().replace(',', '.'));
  if (text.trim() === '' || !(value >= range.min && value <= range.max)) return null;
  return snap(value, range);
}

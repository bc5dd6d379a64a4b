import type { Attributes } from '../../server/graph/value.ts';
import { at, generate, type NdArray, offset } from './nd-array.ts';

/** Naive meanings of the operations on images, written from their definitions as nested loops. */

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** How many windows of `kernel` fit into `size` when moved by `stride`: counted, not computed. */
function windows(size: number, kernel: number, stride: number): number {
  let count = 0;
  for (let start = 0; start + kernel <= size; start += stride) count++;
  return count;
}

const inside = (x: NdArray, row: number, column: number): boolean =>
  row >= 0 && row < x.shape[2] && column >= 0 && column < x.shape[3];

export function conv([x, w]: readonly NdArray[], { stride, pads, group }: Attributes['Conv']): NdArray {
  const [n, , height, width] = x.shape;
  const [m, perGroup, kh, kw] = w.shape;
  const rows = windows(height + pads[0] + pads[2], kh, stride[0]);
  const columns = windows(width + pads[1] + pads[3], kw, stride[1]);
  return generate([n, m, rows, columns], ([i, o, r, c]) => {
    const firstChannel = Math.floor(o / (m / group)) * perGroup;
    let sum = 0;
    for (const k of range(perGroup)) {
      for (const a of range(kh)) {
        for (const b of range(kw)) {
          const row = r * stride[0] + a - pads[0];
          const column = c * stride[1] + b - pads[1];
          if (inside(x, row, column)) sum += at(x, i, firstChannel + k, row, column) * at(w, o, k, a, b);
        }
      }
    }
    return sum;
  });
}

/** Every pixel of x stamps a weighted kernel onto a canvas, from which the pads are cut. */
export function convTranspose([x, w]: readonly NdArray[], attributes: Attributes['ConvTranspose']): NdArray {
  const { stride, pads, outputPadding, group } = attributes;
  const [n, channels, height, width] = x.shape;
  const [, perGroup, kh, kw] = w.shape;
  const rows = (height - 1) * stride[0] + kh + outputPadding[0];
  const columns = (width - 1) * stride[1] + kw + outputPadding[1];
  const canvas = generate([n, perGroup * group, rows, columns], () => 0);
  for (const i of range(n)) {
    for (const c of range(channels)) {
      const firstChannel = Math.floor(c / (channels / group)) * perGroup;
      for (const r of range(height)) {
        for (const s of range(width)) {
          for (const k of range(perGroup)) {
            for (const a of range(kh)) {
              for (const b of range(kw)) {
                const place = [i, firstChannel + k, r * stride[0] + a, s * stride[1] + b];
                canvas.data[offset(canvas.shape, place)] += at(x, i, c, r, s) * at(w, c, k, a, b);
              }
            }
          }
        }
      }
    }
  }
  const [top, left, bottom, right] = pads;
  return generate([n, perGroup * group, rows - top - bottom, columns - left - right], ([i, c, r, s]) =>
    at(canvas, i, c, r + top, s + left),
  );
}

export function maxPool([x]: readonly NdArray[], { kernel, stride, ceil }: Attributes['MaxPool']): NdArray {
  const [n, channels, height, width] = x.shape;
  const count = (size: number): number => {
    const whole = windows(size, kernel, stride);
    // One more, which hangs over the edge, where pixels are left that no window saw.
    return ceil && (whole - 1) * stride + kernel < size ? whole + 1 : whole;
  };
  return generate([n, channels, count(height), count(width)], ([i, c, r, s]) => {
    let max = Number.NEGATIVE_INFINITY;
    for (const a of range(kernel)) {
      for (const b of range(kernel)) {
        const row = r * stride + a;
        const column = s * stride + b;
        if (inside(x, row, column)) max = Math.max(max, at(x, i, c, row, column));
      }
    }
    return max;
  });
}

export function averagePool([x]: readonly NdArray[], { kernel }: Attributes['AveragePool']): NdArray {
  const [n, channels, height, width] = x.shape;
  return generate([n, channels, height / kernel, width / kernel], ([i, c, r, s]) => {
    let sum = 0;
    for (const a of range(kernel)) for (const b of range(kernel)) sum += at(x, i, c, r * kernel + a, s * kernel + b);
    return sum / kernel ** 2;
  });
}

export function upsampleNearest([x]: readonly NdArray[], { scale }: Attributes['UpsampleNearest']): NdArray {
  const [n, channels, height, width] = x.shape;
  return generate([n, channels, height * scale, width * scale], ([i, c, r, s]) =>
    at(x, i, c, Math.floor(r / scale), Math.floor(s / scale)),
  );
}

/** Output channel (p * block + q) * C + c holds the pixels at row p and column q of every block of channel c. */
export function spaceToDepth([x]: readonly NdArray[], { block }: Attributes['SpaceToDepth']): NdArray {
  const [n, channels, height, width] = x.shape;
  return generate([n, channels * block ** 2, height / block, width / block], ([i, d, r, s]) => {
    const place = Math.floor(d / channels);
    return at(x, i, d % channels, r * block + Math.floor(place / block), s * block + (place % block));
  });
}

export function depthToSpace([x]: readonly NdArray[], { block }: Attributes['DepthToSpace']): NdArray {
  const [n, depth, height, width] = x.shape;
  const channels = depth / block ** 2;
  return generate([n, channels, height * block, width * block], ([i, c, r, s]) => {
    const place = (r % block) * block + (s % block);
    return at(x, i, place * channels + c, Math.floor(r / block), Math.floor(s / block));
  });
}

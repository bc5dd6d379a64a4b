/** A row-major array in double precision: what the naive reference of every operation is written in. */
export interface NdArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The array whose element at every index is given by a function of the index. */
export function generate(shape: readonly number[], element: (index: readonly number[]) => number): NdArray {
  const data = new Float64Array(elements(shape));
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = element(index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]++;
      if (index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
  return { shape, data };
}

export function offset(shape: readonly number[], index: readonly number[]): number {
  return shape.reduce((sum, size, axis) => sum * size + index[axis], 0);
}

export const at = (x: NdArray, ...index: number[]): number => x.data[offset(x.shape, index)];

/** The element at an index of a shape that x broadcasts to: axes align at the right, axes of size 1 repeat. */
export function broadcastAt(x: NdArray, index: readonly number[]): number {
  const lead = index.length - x.shape.length;
  return at(x, ...x.shape.map((size, axis) => (size === 1 ? 0 : index[lead + axis])));
}

export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const side = (s: readonly number[], i: number) => s[s.length - rank + i] ?? 1;
  return Array.from({ length: rank }, (_, i) => Math.max(side(a, i), side(b, i)));
}

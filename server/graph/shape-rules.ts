import { type Attributes, GraphError, type OpName, type Shape, sizeOf } from './value.ts';

type ShapeRule<K extends OpName> = (inputs: readonly Shape[], attributes: Attributes[K]) => Shape;

const same: (inputs: readonly Shape[]) => Shape = ([x]) => x;

/** NumPy's broadcasting of two shapes. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const p = a[i - rank + a.length] ?? 1;
    const q = b[i - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) fail(`shapes [${a}] and [${b}] do not broadcast`);
    return p === 1 ? q : p;
  });
}

const elementwise: (inputs: readonly Shape[]) => Shape = ([a, b]) => broadcast(a, b);

const rules: { [K in OpName]: ShapeRule<K> } = {
  // The shape of a leaf is given where it is made; see `leaf` in ops.ts.
  Input: () => fail('an input has no shape rule'),
  Constant: () => fail('a constant has no shape rule'),
  Add: elementwise,
  Sub: elementwise,
  Mul: elementwise,
  Div: elementwise,
  Abs: same,
  Sqrt: same,
  Reciprocal: same,
  Sin: same,
  Cos: same,
  Tanh: same,
  Relu: same,
  LeakyRelu: ([x], { alpha }) => {
    // The gradient rule's mask is Clip(huge * y, alpha, 1).
    need(alpha >= 0 && alpha <= 1, `LeakyRelu's alpha is 0 to 1, not ${alpha}`);
    return x;
  },
  Clip: ([x], { min, max }) => {
    need(min <= max, `Clip to ${min}..${max}`);
    return x;
  },
  HardSigmoid: same,
  MatMul: ([a, b]) => {
    need(a.length >= 2 && b.length >= 2, `MatMul wants matrices, not [${a}] and [${b}]`);
    need(a[a.length - 1] === b[b.length - 2], `MatMul of [${a}] and [${b}]`);
    return [...broadcast(a.slice(0, -2), b.slice(0, -2)), a[a.length - 2], b[b.length - 1]];
  },
  Transpose: ([x], { perm }) => {
    need(perm.length === x.length && new Set(perm).size === x.length, `Transpose of [${x}] by [${perm}]`);
    return perm.map((axis) => x[axis]);
  },
  Reshape: ([x], { shape }) => {
    need(sizeOf(x) === sizeOf(shape), `Reshape of [${x}] to [${shape}]`);
    return shape;
  },
  Expand: ([x], { shape }) => {
    need(
      broadcast(x, shape).every((d, i) => d === shape[i]) && x.length <= shape.length,
      `Expand of [${x}] to [${shape}]`,
    );
    return shape;
  },
  Concat: (inputs, { axis }) => {
    need(inputs.length > 0, 'Concat of nothing');
    const [first] = inputs;
    needAxes(first, [axis], 'Concat');
    for (const s of inputs) {
      need(
        s.length === first.length && s.every((d, i) => i === axis || d === first[i]),
        `Concat of [${first}] and [${s}]`,
      );
    }
    return first.map((d, i) => (i === axis ? inputs.reduce((n, s) => n + s[axis], 0) : d));
  },
  Slice: ([x], { starts, ends, steps }) => {
    need(
      [starts, ends, steps].every((list) => list.length === x.length),
      `Slice of [${x}] wants ${x.length} starts, ends and steps`,
    );
    needCounts([...starts, ...ends], 0, `Slice of [${x}] from [${starts}] to [${ends}]`);
    needCounts(steps, 1, `Slice of [${x}] by steps [${steps}]`);
    return x.map((d, i) => {
      need(starts[i] < ends[i] && ends[i] <= d, `Slice of [${x}] from [${starts}] to [${ends}]`);
      return Math.ceil((ends[i] - starts[i]) / steps[i]);
    });
  },
  Flip: ([x], { axes }) => {
    needAxes(x, axes, 'Flip');
    return x;
  },
  Pad: ([x], { before, after }) => {
    need(before.length === x.length && after.length === x.length, `Pad of [${x}]`);
    needCounts([...before, ...after], 0, `Pad of [${x}] by [${before}] and [${after}]`);
    return x.map((d, i) => d + before[i] + after[i]);
  },
  ReduceSum: ([x], { axes }) => {
    needAxes(x, axes, 'ReduceSum');
    return x.map((d, i) => (axes.includes(i) ? 1 : d));
  },
  Conv: ([x, w], { stride, pads, group }) => {
    needCounts([...stride, group], 1, `Conv by stride [${stride}] in ${group} groups`);
    needCounts(pads, 0, `Conv with pads [${pads}]`);
    need(x.length === 4 && w.length === 4 && x[1] === w[1] * group && w[0] % group === 0, `Conv of [${x}] with [${w}]`);
    const side = (i: 0 | 1) => Math.floor((x[2 + i] + pads[i] + pads[2 + i] - w[2 + i]) / stride[i]) + 1;
    return [x[0], w[0], side(0), side(1)];
  },
  ConvTranspose: ([x, w], { stride, pads, outputPadding, group }) => {
    needCounts([...stride, group], 1, `ConvTranspose by stride [${stride}] in ${group} groups`);
    needCounts([...pads, ...outputPadding], 0, `ConvTranspose with pads [${pads}] and [${outputPadding}]`);
    need(
      outputPadding.every((n, i) => n < stride[i]),
      `ConvTranspose with output padding [${outputPadding}] and stride [${stride}]`,
    );
    need(
      x.length === 4 && w.length === 4 && x[1] === w[0] && w[0] % group === 0,
      `ConvTranspose of [${x}] with [${w}]`,
    );
    const side = (i: 0 | 1) => (x[2 + i] - 1) * stride[i] + w[2 + i] + outputPadding[i] - pads[i] - pads[2 + i];
    return [x[0], w[1] * group, side(0), side(1)];
  },
  MaxPool: ([x], { kernel, stride, ceil }) => {
    needImage(x, 'MaxPool');
    needCounts([kernel, stride], 1, `MaxPool of ${kernel} by ${stride}`);
    // Otherwise a last window could start beyond the edge, which engines disagree about.
    need(!ceil || stride <= kernel, `MaxPool with ceil of ${kernel} by ${stride}`);
    need(x[2] >= kernel && x[3] >= kernel, `MaxPool of [${x}] by ${kernel}`);
    const round = ceil ? Math.ceil : Math.floor;
    const side = (d: number) => round((d - kernel) / stride) + 1;
    return [x[0], x[1], side(x[2]), side(x[3])];
  },
  AveragePool: ([x], { kernel }) => {
    needImage(x, 'AveragePool');
    needCounts([kernel], 1, `AveragePool by ${kernel}`);
    need(x[2] % kernel === 0 && x[3] % kernel === 0, `AveragePool of [${x}] by ${kernel}`);
    return [x[0], x[1], x[2] / kernel, x[3] / kernel];
  },
  UpsampleNearest: ([x], { scale }) => {
    needImage(x, 'UpsampleNearest');
    needCounts([scale], 1, `UpsampleNearest by ${scale}`);
    return [x[0], x[1], x[2] * scale, x[3] * scale];
  },
  SpaceToDepth: ([x], { block }) => {
    needImage(x, 'SpaceToDepth');
    needCounts([block], 1, `SpaceToDepth by ${block}`);
    need(x[2] % block === 0 && x[3] % block === 0, `SpaceToDepth of [${x}] by ${block}`);
    return [x[0], x[1] * block * block, x[2] / block, x[3] / block];
  },
  DepthToSpace: ([x], { block }) => {
    needImage(x, 'DepthToSpace');
    needCounts([block], 1, `DepthToSpace by ${block}`);
    need(x[1] % (block * block) === 0, `DepthToSpace of [${x}] by ${block}`);
    return [x[0], x[1] / (block * block), x[2] * block, x[3] * block];
  },
};

/** The shape of an operation's result. Throws GraphError where the operands do not fit. */
export function inferShape<K extends OpName>(op: K, inputs: readonly Shape[], attributes: Attributes[K]): Shape {
  const shape = rules[op](inputs, attributes);
  need(
    shape.every((d) => Number.isInteger(d) && d > 0),
    `${op} of ${inputs.map((s) => `[${s}]`).join(', ')} would be empty: [${shape}]`,
  );
  return shape;
}

const needImage = (x: Shape, op: OpName): void => need(x.length === 4, `${op} wants [N, C, H, W], not [${x}]`);

/** Whole numbers of `least` or more. */
const needCounts = (numbers: readonly number[], least: number, message: string): void =>
  need(
    numbers.every((n) => Number.isInteger(n) && n >= least),
    message,
  );

/** Different axes that x has, counted from the front. */
const needAxes = (x: Shape, axes: readonly number[], op: OpName): void =>
  need(
    axes.every((axis, i) => Number.isInteger(axis) && axis >= 0 && axis < x.length && axes.indexOf(axis) === i),
    `${op} of [${x}] along [${axes}]`,
  );

function need(condition: boolean, message: string): void {
  if (!condition) fail(message);
}

function fail(message: string): never {
  throw new GraphError(message);
}

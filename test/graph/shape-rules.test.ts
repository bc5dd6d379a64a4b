import { describe, expect, test } from 'vitest';
import { input } from '../../server/graph/ops.ts';
import { inferShape } from '../../server/graph/shape-rules.ts';
import { type Attributes, GraphError, makeValue, type OpName, type Shape } from '../../server/graph/value.ts';

type Refusal = readonly [why: string, inputs: readonly Shape[], attributes: Record<string, unknown>];

const conv = { stride: [1, 1], pads: [0, 0, 0, 0], group: 1 };
const transposed = { ...conv, outputPadding: [0, 0] };
const image = [1, 4, 4, 4];

/** What each operation must refuse; operations that accept whatever they are given have none. */
const refusals: { readonly [K in OpName]: readonly Refusal[] } = {
  Input: [['a leaf is not made by a rule', [], { name: 'x' }]],
  Constant: [['a leaf is not made by a rule', [], { data: new Float32Array(1) }]],
  Add: [
    [
      'sizes that do not broadcast',
      [
        [2, 3],
        [2, 4],
      ],
      {},
    ],
  ],
  Sub: [['ranks that align at the right only', [[2, 3], [2]], {}]],
  Mul: [['sizes that do not broadcast', [[2], [3]], {}]],
  Div: [
    [
      'sizes that do not broadcast',
      [
        [2, 1, 3],
        [2, 2],
      ],
      {},
    ],
  ],
  Abs: [],
  Sqrt: [],
  Reciprocal: [],
  Sin: [],
  Cos: [],
  Tanh: [],
  Relu: [],
  LeakyRelu: [
    ['alpha above 1', [[2]], { alpha: 1.5 }],
    ['alpha below 0', [[2]], { alpha: -0.1 }],
    ['alpha that is no number', [[2]], { alpha: Number.NaN }],
  ],
  Clip: [['limits in the wrong order', [[2]], { min: 1, max: 0 }]],
  HardSigmoid: [],
  MatMul: [
    [
      'inner sizes that differ',
      [
        [2, 3],
        [4, 2],
      ],
      {},
    ],
    ['a vector', [[3], [3, 2]], {}],
    [
      'batches that do not broadcast',
      [
        [2, 2, 3],
        [3, 3, 2],
      ],
      {},
    ],
  ],
  Transpose: [
    ['an axis twice', [[2, 3]], { perm: [0, 0] }],
    ['too few axes', [[2, 3]], { perm: [0] }],
    ['an axis that is not there', [[2, 3]], { perm: [0, 2] }],
  ],
  Reshape: [
    ['another number of elements', [[2, 3]], { shape: [5] }],
    ['negative sizes', [[2, 3]], { shape: [-2, -3] }],
  ],
  Expand: [
    ['a size that is not 1', [[2, 3]], { shape: [4, 3] }],
    ['a lower rank', [[1, 3]], { shape: [3] }],
    ['a shape that would have to grow itself', [[3]], { shape: [1] }],
  ],
  Concat: [
    ['nothing', [], { axis: 0 }],
    [
      'other sizes that differ',
      [
        [2, 3],
        [3, 3],
      ],
      { axis: 1 },
    ],
    ['ranks that differ', [[2, 3], [2]], { axis: 0 }],
    ['an axis that is not there', [[2], [2]], { axis: 1 }],
    ['an axis from the back', [[2], [2]], { axis: -1 }],
  ],
  Slice: [
    ['an end beyond the edge', [[3]], { starts: [0], ends: [4], steps: [1] }],
    ['nothing', [[3]], { starts: [2], ends: [2], steps: [1] }],
    ['a start from the back', [[3]], { starts: [-1], ends: [3], steps: [1] }],
    ['a step of 0', [[3]], { starts: [0], ends: [3], steps: [0] }],
    ['half a step', [[3]], { starts: [0.5], ends: [3], steps: [1.5] }],
    ['fewer entries than axes', [[3, 3]], { starts: [0], ends: [3], steps: [1] }],
    ['more entries than axes', [[3]], { starts: [0, 0], ends: [3, 3], steps: [1, 1] }],
  ],
  Flip: [
    ['an axis from the back', [[3]], { axes: [-1] }],
    ['an axis twice', [[3]], { axes: [0, 0] }],
  ],
  Pad: [
    ['a negative pad', [[3]], { before: [-1], after: [0], value: 0 }],
    ['half an element', [[3]], { before: [0.5], after: [0.5], value: 0 }],
    ['fewer entries than axes', [[3, 3]], { before: [1], after: [1], value: 0 }],
  ],
  ReduceSum: [
    ['an axis from the back', [[3]], { axes: [-1] }],
    ['an axis that is not there', [[3]], { axes: [1] }],
    ['an axis twice', [[3, 2]], { axes: [1, 1] }],
  ],
  Conv: [
    ['channels that differ', [image, [2, 3, 3, 3]], conv],
    [
      'three dimensions',
      [
        [4, 4, 4],
        [2, 4, 3, 3],
      ],
      conv,
    ],
    ['outputs that groups do not divide', [image, [3, 2, 3, 3]], { ...conv, group: 2 }],
    ['a kernel beyond the image', [image, [2, 4, 5, 5]], conv],
    ['a stride of 0', [image, [2, 4, 3, 3]], { ...conv, stride: [0, 1] }],
    ['a negative pad', [image, [2, 4, 3, 3]], { ...conv, pads: [-1, 0, 0, 0] }],
  ],
  ConvTranspose: [
    ['channels that differ', [image, [3, 2, 3, 3]], transposed],
    [
      'three dimensions',
      [
        [4, 4, 4],
        [4, 2, 3, 3],
      ],
      transposed,
    ],
    [
      'channels that groups do not divide',
      [
        [1, 3, 4, 4],
        [3, 2, 3, 3],
      ],
      { ...transposed, group: 2 },
    ],
    ['pads that leave nothing', [image, [4, 2, 3, 3]], { ...transposed, pads: [3, 0, 3, 0] }],
    ['output padding of a whole stride', [image, [4, 2, 3, 3]], { ...transposed, outputPadding: [1, 0] }],
  ],
  MaxPool: [
    ['three dimensions', [[4, 4, 4]], { kernel: 2, stride: 2, ceil: false }],
    ['a kernel beyond the image', [image], { kernel: 5, stride: 2, ceil: true }],
    ['a window that could start outside', [image], { kernel: 2, stride: 3, ceil: true }],
    ['a stride of 0', [image], { kernel: 2, stride: 0, ceil: false }],
  ],
  AveragePool: [
    ['a kernel that does not divide', [image], { kernel: 3 }],
    ['three dimensions', [[4, 4, 4]], { kernel: 2 }],
    ['a kernel of 0', [image], { kernel: 0 }],
  ],
  UpsampleNearest: [
    ['half a pixel', [image], { scale: 1.5 }],
    ['three dimensions', [[4, 4, 4]], { scale: 2 }],
  ],
  SpaceToDepth: [
    ['a block that does not divide', [image], { block: 3 }],
    ['three dimensions', [[4, 4, 4]], { block: 2 }],
  ],
  DepthToSpace: [
    ['channels that the block does not divide', [[1, 6, 2, 2]], { block: 2 }],
    ['three dimensions', [[4, 4, 4]], { block: 2 }],
  ],
};

describe('shape rules refuse', () => {
  const rows = Object.entries(refusals).flatMap(([op, list]) => list.map((r) => [op as OpName, ...r] as const));
  test.each(rows)('%s: %s', (op, _, shapes, attributes) => {
    expect(() => inferShape(op, shapes, attributes as unknown as Attributes[typeof op])).toThrow(GraphError);
  });
});

test('sizes that are not whole and positive are no shape, whatever the rule says', () => {
  const half = input('x', [1.5]);
  expect(() => makeValue('Abs', [half], {})).toThrow(GraphError);
});

import { describe, expect, test } from 'vitest';
import { topologicalOrder } from '../../server/graph/graph.ts';
import { add, input, mul, sin, tanh } from '../../server/graph/ops.ts';
import { type RewriteRules, rewriteGraph } from '../../server/graph/rewrite.ts';
import type { OpName, Value } from '../../server/graph/value.ts';
import { tensorflowRewrites } from '../../server/runtime/tensorflow-rewrites.ts';
import { webgpuRewrites } from '../../server/runtime/webgpu-rewrites.ts';
import { opCases } from './op-cases.ts';
import { difference, problemOf } from './problem.ts';
import { evaluate } from './reference.ts';

const opsOf = (values: readonly Value[]): OpName[] => topologicalOrder(values).map((value) => value.op);

describe('rewriting a graph', () => {
  const x = input('x', [2]);

  test('without rules changes nothing, not even the objects', () => {
    const y = mul(tanh(x), sin(x));
    expect(rewriteGraph({ outputs: { y, x } }, {}).outputs).toEqual({ y, x });
    expect(rewriteGraph({ outputs: { y } }, {}).outputs.y).toBe(y);
  });

  test('replaces what a rule replaces, everywhere, and hands it rewritten operands', () => {
    const rules: RewriteRules = { Tanh: (_, [a]) => mul(a, 3), Sin: (_, [a]) => add(a, 1) };
    const y = add(tanh(sin(tanh(x))), tanh(x));
    const { outputs } = rewriteGraph({ outputs: { y } }, rules);
    expect(opsOf([outputs.y])).not.toContain('Tanh');
    expect(opsOf([outputs.y])).not.toContain('Sin');
    expect([...evaluate([outputs.y], { x: [1, -1] })[0].data]).toEqual([(3 + 1) * 3 + 3, (-3 + 1) * 3 - 3]);
  });

  test('keeps what a rule declines, and rewrites a shared value once', () => {
    let calls = 0;
    const rules: RewriteRules = {
      Tanh: () => {
        calls++;
        return undefined;
      },
    };
    const shared = tanh(x);
    const y = add(shared, sin(shared));
    expect(rewriteGraph({ outputs: { y, shared } }, rules).outputs).toEqual({ y, shared });
    expect(calls).toBe(1);
  });
});

describe.each([
  ['WebGPU', webgpuRewrites as RewriteRules, ['SpaceToDepth']],
  ['TensorFlow.js', tensorflowRewrites as RewriteRules, Object.keys(tensorflowRewrites)],
])('the rules for %s', (_, rules, gone) => {
  test.each(
    Object.values(opCases)
      .flat()
      .map((c, i) => [`${i}: ${c.name}`, c] as const),
  )('%s', (_, opCase) => {
    const { graph, feeds } = problemOf(opCase);
    const { outputs } = rewriteGraph(graph, rules);
    const names = Object.keys(outputs);
    const before = evaluate(
      names.map((name) => graph.outputs[name]),
      feeds,
    );
    const after = evaluate(
      names.map((name) => outputs[name]),
      feeds,
    );
    for (const [i, name] of names.entries()) {
      expect(outputs[name].shape, name).toEqual(graph.outputs[name].shape);
      expect(difference(after[i].data, before[i]), name).toBeLessThan(1e-7);
    }
    for (const op of opsOf(Object.values(outputs))) expect(gone).not.toContain(op);
  });
});

import { describe, expect, test } from 'vitest';
import { add, constant, input, mul, sin, tanh } from '../../server/graph/ops.ts';
import type { Value } from '../../server/graph/value.ts';
import { planExecution, type Step } from '../../server/runtime/execution-plan.ts';
import { random } from '../graph/numbers.ts';

const x = input('x', [2]);
const c = constant(Float32Array.of(1, 2), [2]);
const values = (steps: readonly Step[]): Value[] => steps.map((step) => step.value);

describe('a plan', () => {
  test('computes once what depends on no input', () => {
    const fixed = mul(tanh(c), 2);
    const y = add(x, fixed);
    const { once, everyRun } = planExecution({ outputs: { y } });
    expect(values(once)).toEqual([c, fixed.inputs[0], fixed.inputs[1], fixed]);
    expect(values(everyRun)).toEqual([x, y]);
    expect(once.flatMap((step) => step.release)).toEqual([c, fixed.inputs[0], fixed.inputs[1]]);
  });

  test('releases a value right after its last use, never an output or what runs need again', () => {
    const a = tanh(x);
    const b = mul(a, c);
    const y = add(b, a);
    const { once, everyRun } = planExecution({ outputs: { y, b } });
    expect(once).toEqual([{ value: c, release: [] }]);
    expect(everyRun.map((step) => [step.value, step.release])).toEqual([
      [x, []],
      [a, [x]],
      [b, []],
      [y, [a]],
    ]);
  });

  test('releases a value that is used twice by one step once', () => {
    const { everyRun } = planExecution({ outputs: { y: mul(sin(x), sin(x)), z: mul(tanh(x), tanh(x)) } });
    const released = everyRun.flatMap((step) => step.release);
    expect(new Set(released).size).toBe(released.length);
  });

  test('holds for random graphs: nothing is used after its release, nothing is left', () => {
    const next = random(3);
    for (let round = 0; round < 50; round++) {
      const all: Value[] = [x, c];
      const any = () => all[Math.floor(next() * all.length)];
      for (let i = 0; i < 40; i++) all.push(next() < 0.5 ? add(any(), any()) : tanh(any()));
      const outputs = { a: any(), b: any(), c: all[all.length - 1] };
      const { once, everyRun } = planExecution({ outputs });
      const live = new Set<Value>();
      for (const { value, release } of [...once, ...everyRun]) {
        for (const operand of value.inputs) expect(live.has(operand)).toBe(true);
        live.add(value);
        for (const gone of release) expect(live.delete(gone)).toBe(true);
      }
      for (const output of Object.values(outputs)) expect(live.has(output)).toBe(true);
      const fixed = new Set(values(once));
      for (const value of live) expect(fixed.has(value) || Object.values(outputs).includes(value)).toBe(true);
    }
  });
});

import { type GradientRule, gradientRules } from './gradient-rules.ts';
import { topologicalOrder } from './graph.ts';
import { add, filled } from './ops.ts';
import { GraphError, type OpName, sizeOf, type Value } from './value.ts';

/**
 * Reverse-mode differentiation: the gradients of a scalar `loss` with respect to values, as values of the same graph.
 * A value that the loss does not depend on has a gradient of zeros.
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  if (sizeOf(loss.shape) !== 1) throw new GraphError(`only a scalar has gradients, not [${loss.shape}]`);
  const order = topologicalOrder([loss]);
  const active = new Set<Value>(wrt);
  for (const value of order) {
    if (value.inputs.some((x) => active.has(x))) active.add(value);
  }
  const gradient = new Map<Value, Value>([[loss, filled(loss.shape, 1)]]);
  for (const value of order.reverse()) {
    const g = gradient.get(value);
    if (g === undefined || !active.has(value)) continue;
    const wanted = value.inputs.map((x) => active.has(x));
    const rule = gradientRules[value.op] as GradientRule<OpName>;
    rule(value, g, wanted).forEach((share, i) => {
      if (share === undefined || !wanted[i]) return;
      const x = value.inputs[i];
      const sum = gradient.get(x);
      gradient.set(x, sum === undefined ? share : add(sum, share));
    });
  }
  return wrt.map((value) => gradient.get(value) ?? filled(value.shape, 0));
}

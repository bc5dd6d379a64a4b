import type { ByteCursor } from './byte-cursor.ts';
import { instructions } from './pickle-instructions.ts';
import { PickleMachine, type UnpickleOptions } from './pickle-machine.ts';
import { checkNesting } from './pickle-nesting.ts';
import { op } from './pickle-opcodes.ts';
import type { PickleValue } from './pickle-values.ts';

export { defaultLimits, type PickleLimits, type UnpickleOptions } from './pickle-machine.ts';

/**
 * Reads one pickle of protocol 0 to 5 from where the cursor stands, and leaves the cursor behind it.
 *
 * A pickle is a program for a small stack machine that Python lets call any function. This machine makes inert data: it
 * calls the constructors that it is handed and nothing else. Throws FamiliarError, naming class and byte offset, for
 * classes outside of that list and for everything that is no sound pickle; time and memory are bounded by the limits.
 */
export function unpickle(cursor: ByteCursor, options: UnpickleOptions): PickleValue {
  const machine = new PickleMachine(cursor, options);
  for (let count = 0; count < machine.limits.instructions; count++) {
    const code = machine.next();
    if (code === op.STOP) {
      const value = machine.pop();
      checkNesting(value, machine.limits.depth, machine.file);
      return value;
    }
    const instruction = instructions[code];
    if (!instruction) throw machine.damaged(`0x${code.toString(16)} is no pickle instruction`);
    instruction(machine);
  }
  throw machine.beyondLimit(`its pickle has more than ${machine.limits.instructions} instructions`);
}

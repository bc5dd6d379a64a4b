import { type Command, type CommandType, commands, parseCommand } from '../../protocol/commands.ts';
import type { Parameter } from '../../protocol/parameters.ts';
import { accept, type Result, refuse } from '../../protocol/result.ts';
import { stateNames } from '../../protocol/states.ts';
import type { OscValue } from './packet.ts';

/** An address that OSC clients may send to, made from the description of parameters and commands. */
export interface OscAddress {
  readonly address: string;
  /** The live parameter it is, or null for a command. */
  readonly parameter: Parameter | null;
  /** Names of its arguments. */
  readonly takes: readonly string[];
  readonly help: string;
  /** The command that a message stands for. */
  read(values: readonly OscValue[]): Result<Command>;
}

export const oscPrefix = '/familiar';

/** What is sent back to whoever sends. */
export const oscAnswers = {
  ok: { address: `${oscPrefix}/ok`, takes: 'address', help: 'What was sent there is done, or has begun.' },
  error: { address: `${oscPrefix}/error`, takes: 'address, reason', help: 'What was sent there is not done, and why.' },
  pong: { address: `${oscPrefix}/pong`, takes: '', help: 'The answer to ping.' },
} as const;

/** What is sent to subscribers, besides every parameter at its own address. */
export const oscFeedback = {
  state: { address: `${oscPrefix}/state`, takes: stateNames.join(', '), help: 'The state of the visit.' },
  step: { address: `${oscPrefix}/step`, takes: 'number', help: 'The step of the becoming that is shown.' },
  likeness: { address: `${oscPrefix}/likeness`, takes: '0 to 1', help: 'How like the visitor the face has become.' },
  visitor: { address: `${oscPrefix}/visitor`, takes: 'number', help: 'Visitors so far.' },
  handover: { address: `${oscPrefix}/handover`, takes: 'number', help: 'A face begins to turn into this visitor.' },
  loop: { address: `${oscPrefix}/loop`, takes: '', help: 'The loop of attract has come round.' },
} as const;

/** Addresses that are about OSC itself. */
export const oscOwn = {
  ping: { address: `${oscPrefix}/ping`, takes: '', help: 'Asks whether the piece is there.' },
  subscribe: {
    address: `${oscPrefix}/subscribe`,
    takes: 'port, or none',
    help: 'Sends feedback to this computer for 30 s, to that port or the one this came from. Repeat to renew.',
  },
  unsubscribe: { address: `${oscPrefix}/unsubscribe`, takes: 'port, or none', help: 'Ends the feedback.' },
} as const;

export function oscAddresses(parameters: readonly Parameter[]): readonly OscAddress[] {
  const types = Object.keys(commands) as CommandType[];
  return [...types.flatMap(commandAddress), ...parameters.map(parameterAddress)];
}

function commandAddress(type: CommandType): readonly OscAddress[] {
  const { osc, help, fields } = commands[type];
  if (osc === null) return [];
  // Fields that may be left out are for tablets.
  const takes = Object.entries(fields).flatMap(([name, field]) => (field(undefined, name).ok ? [] : [name]));
  const read = (values: readonly OscValue[]): Result<Command> => {
    const isButton = values.length === takes.length + 1 && isPressed(values[takes.length]);
    if (values.length !== takes.length && !isButton) {
      return refuse('invalid', `${osc} takes ${takes.join(', ') || 'no argument, or the 1 of a button'}.`);
    }
    return parseCommand({ type, ...Object.fromEntries(takes.map((name, i) => [name, values[i]])) }, 'osc');
  };
  return [{ address: osc, parameter: null, takes, help, read }];
}

function parameterAddress(parameter: Parameter): OscAddress {
  const read = (values: readonly OscValue[]): Result<Command> => {
    if (values.length !== 1) return refuse('invalid', `${parameter.osc} takes one value.`);
    return parseCommand({ type: 'set', key: parameter.key, value: meant(parameter, values[0]) }, 'osc');
  };
  return { address: parameter.osc, parameter, takes: ['value'], help: parameter.help, read };
}

/** Controllers that only know numbers choose by place: 0 is the first. */
function meant(parameter: Parameter, value: OscValue): OscValue {
  if (parameter.type !== 'choice' || typeof value !== 'number') return value;
  return parameter.choices[value]?.value ?? value;
}

/** Many controllers send 1 when a button is pressed and 0 when it is let go; only the first is meant. */
export const isRelease = ({ parameter, takes }: OscAddress, values: readonly OscValue[]): boolean =>
  parameter === null && values.length === takes.length + 1 && isReleased(values[takes.length]);

/** A button that was pressed: 1, 127, true, or the bang that OSC writes as N or I. */
export const isPressed = (value: OscValue): boolean =>
  value === null || value === true || (typeof value === 'number' && value > 0);

/** A button that was let go. */
export const isReleased = (value: OscValue): boolean => value === false || (typeof value === 'number' && value <= 0);

/** Privileged ports: nobody listens for OSC there, so that such a number is a button's. */
const buttons = 1_024;

/**
 * The port that a subscription names: the sender's own where it names none, or says 1 as buttons do.
 *
 * @returns null for a button that was let go: nothing is to be done
 */
export function readPort(values: readonly OscValue[], own: number): Result<number | null> {
  const [value = true, pressed = true, ...more] = values;
  if (more.length === 0 && (isReleased(value) || isReleased(pressed))) return accept(null);
  const port = typeof value === 'string' ? Number(value) : value;
  const isNamed = typeof port === 'number' && !(port < buttons) && Number.isFinite(port);
  if (more.length === 0 && isPressed(pressed)) {
    if (!isNamed && isPressed(value)) return accept(own);
    if (isNamed && Number.isInteger(port) && port <= 65_535) return accept(port);
  }
  return refuse('invalid', `The argument must be a port from ${buttons} to 65535, or none.`);
}

import { deviceLimits } from './devices.ts';
import { type Mapping, validateMapping } from './mapping.ts';
import type { ParameterValue, Source } from './parameters.ts';
import type { RefusalCode } from './refusals.ts';
import { accept, type Result, refuse } from './result.ts';
import type { ChainFace } from './snapshot.ts';

/** Reads one field of a command from outside. */
type Field<T> = (value: unknown, name: string) => Result<T>;

const text =
  (maxLength: number): Field<string> =>
  (value, name) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= maxLength
      ? accept(value)
      : refuse('wrong-type', `${name} must be text of 1 to ${maxLength} characters.`);

const whole =
  (min: number, max: number): Field<number> =>
  (value, name) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? accept(value as number)
      : refuse('out-of-range', `${name} must be a whole number from ${min} to ${max}.`);

const optional =
  <T>(field: Field<T>): Field<T | undefined> =>
  (value, name) =>
    value === undefined ? accept(undefined) : field(value, name);

const parameterValue: Field<ParameterValue> = (value, name) =>
  typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 1_000)
    ? accept(value)
    : refuse('wrong-type', `${name} must be a number, true, false or text.`);

const mapping: Field<Mapping> = (value) => validateMapping(value);

const ticket = whole(1, 1_000_000);
const visitorNumber = whole(1, 0xffff_ffff);
const presetName = text(40);
const displayName = text(40);

interface Described {
  readonly help: string;
  readonly from: readonly Source[];
  /** OSC address, where it has one; the fields are the arguments, in order. */
  readonly osc: string | null;
  readonly fields: Readonly<Record<string, Field<unknown>>>;
}

const touch = ['visitor', 'curator'] as const;
const anybody = ['visitor', 'curator', 'osc'] as const;
const staff = ['curator', 'osc'] as const;
const curator = ['curator'] as const;

/** Every command there is: who may give it, what it carries and what it does. */
export const commands = {
  begin: {
    help: 'Begins a visit: the next in the queue, or whoever stands there.',
    from: anybody,
    osc: '/familiar/begin',
    fields: { ticket: optional(ticket) },
  },
  // Consent cannot be given for somebody else: no OSC, no curator.
  consent: {
    help: 'The visitor agrees, in the words of that language.',
    from: ['visitor'],
    osc: null,
    fields: { language: optional(text(20)) },
  },
  capture: { help: 'Starts the countdown to the portrait.', from: anybody, osc: '/familiar/capture', fields: {} },
  keep: { help: 'Keeps the portrait: the becoming starts.', from: anybody, osc: '/familiar/keep', fields: {} },
  again: { help: 'Takes the portrait again.', from: anybody, osc: '/familiar/again', fields: {} },
  leave: { help: 'The visitor leaves; their portrait is dropped.', from: touch, osc: null, fields: {} },
  'queue.join': { help: 'Takes a place in the queue.', from: touch, osc: null, fields: {} },
  'queue.leave': { help: 'Gives a place back.', from: touch, osc: null, fields: { ticket } },
  stay: {
    help: 'The visitor is still there: the code of their face stays longer.',
    from: ['visitor'],
    osc: null,
    fields: {},
  },
  skip: { help: 'Ends the present state now and goes on to the next.', from: staff, osc: '/familiar/skip', fields: {} },
  attract: { help: 'Ends the visit, back to the chain.', from: staff, osc: '/familiar/attract', fields: {} },
  set: {
    help: 'Changes a live parameter.',
    from: staff,
    osc: null,
    fields: { key: text(80), value: parameterValue },
  },
  'preset.recall': {
    help: 'Recalls a preset by name.',
    from: staff,
    osc: '/familiar/preset',
    fields: { name: presetName },
  },
  'preset.save': {
    help: 'Saves the present values as a preset.',
    from: staff,
    osc: '/familiar/preset/save',
    fields: { name: presetName },
  },
  'preset.delete': { help: 'Deletes a preset.', from: curator, osc: null, fields: { name: presetName } },
  'chain.forget': {
    help: 'Deletes a face from the chain, for good.',
    from: curator,
    osc: null,
    fields: { face: text(80) },
  },
  'chain.confirmClock': {
    help: 'The date is right: deletes the faces that are older than installation.yaml allows.',
    from: curator,
    osc: null,
    fields: {},
  },
  'chain.find': {
    help: 'Looks up the face of a visitor, and those before it.',
    from: curator,
    osc: null,
    fields: { visitor: visitorNumber },
  },
  'mapping.set': {
    help: 'Lays a display’s picture onto the wall.',
    from: curator,
    osc: null,
    fields: { display: displayName, mapping },
  },
  'mapping.reset': {
    help: 'Takes a display’s mapping back to none.',
    from: curator,
    osc: null,
    fields: { display: displayName },
  },
  'device.pair': {
    help: 'Pairs the display that shows a code.',
    from: curator,
    osc: null,
    fields: { code: text(20) },
  },
  'device.rename': {
    help: 'Names a paired device.',
    from: curator,
    osc: null,
    fields: { device: text(40), name: text(deviceLimits.name) },
  },
  'device.remove': {
    help: 'Removes a paired device: it must be paired again.',
    from: curator,
    osc: null,
    fields: { device: text(40) },
  },
} as const satisfies Record<string, Described>;

export type CommandType = keyof typeof commands;

type Fields<T extends CommandType> = (typeof commands)[T]['fields'];
type FieldValue<F> = F extends Field<infer V> ? V : never;
type Required<T extends CommandType> = {
  readonly [K in keyof Fields<T> as undefined extends FieldValue<Fields<T>[K]> ? never : K]: FieldValue<Fields<T>[K]>;
};
type Optional<T extends CommandType> = {
  readonly [K in keyof Fields<T> as undefined extends FieldValue<Fields<T>[K]> ? K : never]?: FieldValue<Fields<T>[K]>;
};

/** A command as it travels: `{ type: 'set', key: 'pace', value: 30 }`. */
export type Command = { [T in CommandType]: { readonly type: T } & Required<T> & Optional<T> }[CommandType];

/** Reads a command of unknown origin; `source` is whom the connection belongs to, not what the message claims. */
export function parseCommand(value: unknown, source: Source): Result<Command> {
  if (typeof value !== 'object' || value === null) return refuse('invalid', 'A command must be an object with a type.');
  const given = value as Record<string, unknown>;
  const type = given.type;
  if (typeof type !== 'string' || !Object.hasOwn(commands, type)) {
    return refuse('unknown-command', `There is no command “${typeof type === 'string' ? type.slice(0, 40) : ''}”.`);
  }
  const described: Described = commands[type as CommandType];
  if (!described.from.includes(source)) return refuse('not-allowed', `“${type}” cannot be given from here.`);
  const command: Record<string, unknown> = { type };
  for (const [name, field] of Object.entries(described.fields)) {
    const read = field(Object.hasOwn(given, name) ? given[name] : undefined, name);
    if (!read.ok) return read;
    if (read.value !== undefined) command[name] = read.value;
  }
  return accept(command as Command);
}

/**
 * The answer to every command. `done`: it has happened. `accepted`: it has begun, the coming updates show it. `ticket` is
 * the place given by `queue.join`, `faces` are those of `chain.find`: oldest first, `facesAtOnce` at most.
 */
export type CommandAnswer =
  | { readonly status: 'done' | 'accepted'; readonly ticket?: number; readonly faces?: readonly ChainFace[] }
  | { readonly status: 'refused'; readonly code: RefusalCode; readonly reason: string };

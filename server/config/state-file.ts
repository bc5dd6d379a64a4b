import { chmod, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { deviceKinds, deviceLimits } from '../protocol/devices.ts';
import { validateMapping } from '../protocol/mapping.ts';

const primitive = z.union([z.number(), z.boolean(), z.string().max(1_000)]);
const values = z.record(z.string().max(80), primitive);

const savedDevice = z.strictObject({
  id: z.string().min(1).max(40),
  kind: z.enum(deviceKinds),
  name: z.string().max(deviceLimits.name),
  browser: z.string().max(deviceLimits.browser),
  address: z.string().max(deviceLimits.address),
  /** SHA-256 of the secret that the device keeps as a cookie. */
  key: z.string().length(43),
  /** Mark of the PIN under which it was paired. */
  pin: z.string().length(43),
  pairedAt: z.number(),
  seenAt: z.number(),
});
export type SavedDevice = z.output<typeof savedDevice>;

const stateSchema = z.strictObject({
  version: z.literal(1),
  /** Live values that differ from installation.yaml, each with what the file said then: an edited line wins. */
  live: z.record(z.string().max(80), z.strictObject({ value: primitive, over: primitive })),
  presets: z.array(z.strictObject({ name: z.string().min(1).max(40), savedAt: z.number(), values })).max(100),
  mappings: z.record(
    z.string().max(40),
    z.unknown().transform((value, context) => {
      const mapping = validateMapping(value);
      if (mapping.ok) return mapping.value;
      context.addIssue({ code: 'custom', message: mapping.reason });
      return z.NEVER;
    }),
  ),
  /** Visitors counted over the life of the piece. */
  visitors: z.int().min(0).max(0xffff_ffff),
  /** The PIN that was made up where installation.yaml gives none. */
  pin: z.string().max(64).nullable(),
  /** Secret by which a change of the PIN is noticed; made up at the first start. */
  tablets: z.string().min(16).max(64).nullable().default(null),
  /** Devices on other computers that were paired. */
  devices: z.array(savedDevice).max(deviceLimits.paired).default([]),
  /** Addresses of other computers that gave the PIN, oldest first. */
  pinAddresses: z.array(z.string().max(60)).max(100).default([]),
});

/** What the piece remembers between two starts, besides the chain. */
export type SavedState = z.output<typeof stateSchema>;

export const emptyState = (): SavedState => ({
  version: 1,
  live: {},
  presets: [],
  mappings: {},
  visitors: 0,
  pin: null,
  tablets: null,
  devices: [],
  pinAddresses: [],
});

const maxBytes = 4 * 1024 * 1024;
/** The PIN and the tablets' secret are in it: nobody else on this computer reads it. */
const ownerOnly = 0o600;

export interface StateFile {
  readonly state: SavedState;
  /** What went wrong on loading, in words; null where nothing did. */
  readonly problem: string | null;
  /** Remembers new parts; written after a short while, so that a moving slider is one write. */
  update(parts: Partial<Omit<SavedState, 'version'>>): void;
  /** Writes now what waits to be written. */
  flush(): Promise<void>;
}

export interface StateFileOptions {
  /** How long to gather changes, ms. */
  readonly delay?: number;
  readonly now?: () => number;
  /** Told in words when the file could not be written; it is tried again at the next change and after a while. */
  readonly onProblem: (message: string) => void;
}

/**
 * Opens the state file. One that is damaged is put aside under another name, and the piece starts from what can be
 * read of it, or from installation.yaml: a bad state must never keep it dark. One that the disk does not give out may be
 * whole: it stays as it is, and nothing is written over it.
 */
export async function openStateFile(path: string, options: StateFileOptions): Promise<StateFile> {
  const { delay = 500, now = Date.now, onProblem } = options;
  const loaded = await load(path, now);
  let state = loaded.state;
  let dirty = loaded.isRest;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (!dirty || loaded.isLocked) return;
    dirty = false;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, `${JSON.stringify(state, null, 2)}\n`, ownerOnly);
    } catch (error) {
      dirty = true;
      onProblem(`What was changed could not be remembered: ${messageOf(error)}`);
      schedule(60 * delay);
    }
  };
  const enqueue = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    writing = writing.then(write);
    return writing;
  };
  const schedule = (after: number): void => {
    if (timer) return;
    timer = setTimeout(enqueue, after);
    timer.unref();
  };

  // Until it is written, what is left is nowhere but here.
  if (loaded.isRest) await enqueue();

  return {
    get state() {
      return state;
    },
    problem: loaded.problem,
    update(parts) {
      state = { ...state, ...parts };
      dirty = true;
      schedule(delay);
    },
    flush: enqueue,
  };
}

interface Loaded {
  readonly state: SavedState;
  readonly problem: string | null;
  /** Whether the state is what is left of a file that was put aside. */
  readonly isRest: boolean;
  /** Whether the file cannot be read at present, so that it must not be written either. */
  readonly isLocked: boolean;
}

async function load(path: string, now: () => number): Promise<Loaded> {
  const putAside = () => {
    const aside = `${path}.damaged-${now()}`;
    return rename(path, aside).then(
      () => `it was put aside as ${aside}`,
      () => 'it could not be put aside',
    );
  };
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new Error(`it has ${size} bytes`);
    const text = await readFile(path, 'utf8');
    // An earlier version let everybody read it.
    await chmod(path, ownerOnly).catch(() => undefined);
    const { state, dropped } = salvage(JSON.parse(text));
    if (dropped.length === 0) return { state, problem: null, isRest: false, isLocked: false };
    const most = 10;
    const more = dropped.length > most ? ` and ${dropped.length - most} more` : '';
    const lost = `${dropped.slice(0, most).join(', ')}${more}`;
    const problem = `${path} is damaged in part; ${await putAside()}. Lost is ${lost}; everything else is kept.`;
    return { state, problem, isRest: true, isLocked: false };
  } catch (error) {
    const { code = '', syscall } = error as NodeJS.ErrnoException;
    const fresh = { state: emptyState(), isRest: false, isLocked: false };
    if (missing.includes(code)) return { ...fresh, problem: null };
    if (syscall !== undefined) return { ...fresh, isLocked: true, problem: lockedProblem(path, error) };
    const problem = `${path} is damaged; ${await putAside()}, and the values of installation.yaml are used.`;
    return { ...fresh, problem };
  }
}

/** Codes of a path at which no file can be. */
const missing = ['ENOENT', 'ENOTDIR'];

const lockedProblem = (path: string, error: unknown): string =>
  `${fileError(path, error).message} It stays as it is, and until it can be read at a start, the values of ` +
  'installation.yaml are used, what is changed is forgotten at the end, and a PIN that was made up is a new one.';

/** What can be read of a state, and the names of what had to be dropped. Throws where it is no state of this version. */
function salvage(value: unknown): { readonly state: SavedState; readonly dropped: readonly string[] } {
  const parsed = stateSchema.safeParse(value);
  if (parsed.success) return { state: parsed.data, dropped: [] };
  const given = z.looseObject({ version: z.literal(1) }).parse(value);
  const empty = emptyState();
  const dropped = Object.keys(given).filter((part) => !Object.hasOwn(empty, part));
  const rest = Object.entries(stateSchema.shape).map(([part, schema]) => {
    const fits = (candidate: unknown) => schema.safeParse(candidate).success;
    const kept = keepFitting(given[part], fits);
    dropped.push(...kept.dropped.map((name) => `${part}.${name}`));
    if (fits(kept.value)) return [part, kept.value];
    dropped.push(part);
    return [part, empty[part as keyof SavedState]];
  });
  return { state: stateSchema.parse(Object.fromEntries(rest)), dropped };
}

/** Of a list or a record the entries that fit each by itself; anything else as it is. */
function keepFitting(value: unknown, fits: (value: unknown) => boolean) {
  if (typeof value !== 'object' || value === null || fits(value)) return { value, dropped: [] };
  const isList = Array.isArray(value);
  const entries = Object.entries(value).map(([key, entry]) => ({
    pair: [key, entry] as const,
    name: isList && typeof entry?.name === 'string' ? entry.name : key,
    isFit: fits(isList ? [entry] : { [key]: entry }),
  }));
  const pairs = entries.filter(({ isFit }) => isFit).map(({ pair }) => pair);
  return {
    value: isList ? pairs.map(([, entry]) => entry) : Object.fromEntries(pairs),
    dropped: entries.filter(({ isFit }) => !isFit).map(({ name }) => name.slice(0, 80)),
  };
}

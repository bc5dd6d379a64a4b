import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { validateMapping } from '../protocol/mapping.ts';

const primitive = z.union([z.number(), z.boolean(), z.string().max(1_000)]);
const values = z.record(z.string().max(80), primitive);

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
});

const maxBytes = 4 * 1024 * 1024;

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
 * Opens the state file. One that is damaged is put aside under another name and the piece starts from
 * installation.yaml: a bad state must never keep it dark.
 */
export async function openStateFile(path: string, options: StateFileOptions): Promise<StateFile> {
  const { delay = 500, now = Date.now, onProblem } = options;
  const loaded = await load(path, now);
  let state = loaded.state;
  let dirty = false;
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (!dirty) return;
    dirty = false;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, `${JSON.stringify(state, null, 2)}\n`);
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

async function load(path: string, now: () => number): Promise<{ state: SavedState; problem: string | null }> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new Error(`it has ${size} bytes`);
    return { state: stateSchema.parse(JSON.parse(await readFile(path, 'utf8'))), problem: null };
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).code;
    if (errno === 'ENOENT') return { state: emptyState(), problem: null };
    const aside = `${path}.damaged-${now()}`;
    const moved = await rename(path, aside).then(
      () => true,
      () => false,
    );
    const where = moved ? `it was put aside as ${aside}` : 'it could not be put aside';
    const problem = `${path} is damaged; ${where}, and the values of installation.yaml are used.`;
    return { state: emptyState(), problem };
  }
}

import { type FileHandle, open } from 'node:fs/promises';
import { type Document, isMap, isScalar, Lexer, LineCounter, type Pair, parseDocument, visit } from 'yaml';
import { FamiliarError, messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';
import { builtInLanguages } from '../protocol/texts.ts';
import { ConfigError, type ConfigProblem } from './errors.ts';
import { crossCheck, type DirectionsOf, fromIssues, type PlacelessProblem, type SourceOf } from './problems.ts';
import { type Config, configSchema } from './schema.ts';

export const configLimits = {
  /** Bytes of the file. */
  size: 256 * 1024,
  /** Sections within sections; ours has three. */
  depth: 16,
  /** Uses of YAML aliases, which can blow a small file up to gigabytes. */
  aliases: 50,
  /** Keys, values, marks and comments; a file with every key has 1,000. The parser's time grows with their square. */
  parts: 20_000,
  /** Problems told at once. */
  problems: 50,
} as const;

/** Every key at its default. */
export const defaultConfig = (): Config => configSchema.parse({}) as Config;

/**
 * Reads and checks a configuration file, also against the directions of its face pack where `directionsOf` is given.
 * Throws ConfigError with every problem, or FamiliarError for the file itself.
 */
export async function readConfig(file: string, directionsOf?: DirectionsOf): Promise<Config> {
  return parseConfig(await readLimited(file), file, directionsOf);
}

/** Checks the text of a configuration file; `file` is what the problems call it. Throws ConfigError. */
export function parseConfig(text: string, file: string, directionsOf: DirectionsOf = () => null): Config {
  const read = (keep: 'first' | 'last') => readText(text, file, keep, directionsOf);
  const first = read('first');
  // Where a key stands twice, either may be the one that is meant: what is wrong in both is told.
  const problems = first.isRepeating ? [...first.problems, ...read('last').problems] : first.problems;
  if (problems.length > 0) throw configError(file, problems);
  return first.value as Config;
}

interface Reading {
  readonly value: unknown;
  readonly problems: readonly ConfigProblem[];
  /** Whether a key stands twice. */
  readonly isRepeating: boolean;
}

/** Reads and checks a text, of keys that stand twice only the first or the last. Throws ConfigError where it is no YAML. */
function readText(text: string, file: string, keep: 'first' | 'last', directionsOf: DirectionsOf): Reading {
  const lines = new LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const crowded = tooDeep(text);
  if (crowded) {
    throw configError(file, [{ line: crowded, column: 1, message: 'There are too many sections within sections.' }]);
  }
  const crammed = tooManyParts(text);
  if (crammed) {
    const message = 'There are more keys and values up to here than any configuration has. Take out what is not yours.';
    throw configError(file, [{ line: crammed, column: 1, message }]);
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const repeats = dropRepeats(document, keep)
    .slice(0, configLimits.problems)
    .map(({ key, offset, before }) => ({
      ...place(offset),
      message: `“${key}” is there twice: it stands in line ${place(before).line} already.`,
    }));
  const faults = [...document.errors, ...document.warnings].slice(0, configLimits.problems).map(({ pos, message }) => ({
    ...place(pos[0]),
    message: yamlFault(message),
  }));
  if (faults.length > 0) throw configError(file, [...repeats, ...faults]);
  const value = toPlain(document, (offset, message) => configError(file, [...repeats, { ...place(offset), message }]));
  const parsed = configSchema.safeParse(value);
  const problems = [
    ...(parsed.success ? [] : fromIssues(parsed.error.issues, value, sourceIn(document), configLimits.problems)),
    ...crossCheck(
      value,
      builtInLanguages.map(({ code }) => code),
      directionsOf,
    ),
  ]
    .slice(0, 2 * configLimits.problems)
    .map((problem) => ({ ...place(offsetOf(document, problem)), message: problem.message }));
  return { value: parsed.data, problems: [...repeats, ...problems], isRepeating: repeats.length > 0 };
}

/** The first problems in the order of the file, each once. */
function configError(file: string, problems: readonly ConfigProblem[]): ConfigError {
  const each = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  const sorted = [...each.values()].sort((a, b) => a.line - b.line || a.column - b.column);
  return new ConfigError(file, sorted.slice(0, configLimits.problems));
}

async function readLimited(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const bytes = await readAtMost(handle, configLimits.size);
      if (bytes === null) {
        const most = `${configLimits.size / 1024} KB`;
        throw new FamiliarError(
          'CONFIG_TOO_LARGE',
          `${file}: more than ${most} is too large for a configuration file.`,
        );
      }
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        throw new FamiliarError('CONFIG_NOT_TEXT', `${file}: this is not a text file in UTF-8. Save it as UTF-8.`);
      }
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError(file, cause);
  }
}

/** All bytes of a file, or null where it has more than `most`: devices and pipes do not say their size before. */
async function readAtMost(file: FileHandle, most: number): Promise<Uint8Array | null> {
  const bytes = Buffer.alloc(most + 1);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
  }
  return null;
}

/** The document as plain values; an empty file is an empty section. */
function toPlain(document: Document, fail: (offset: number, message: string) => Error): unknown {
  let aliases = 0;
  visit(document, {
    Alias: (_, alias) => {
      aliases += 1;
      if (aliases > configLimits.aliases) throw fail(alias.range?.[0] ?? 0, 'There are too many aliases (*name).');
    },
    // A section that is there but empty (all its lines commented out) has its defaults.
    Pair: (_, pair) => (isScalar(pair.value) && pair.value.value === null ? visit.REMOVE : undefined),
  });
  try {
    return document.toJS({ maxAliasCount: configLimits.aliases }) ?? {};
  } catch (cause) {
    throw fail(0, `The file cannot be read: ${messageOf(cause)}.`);
  }
}

/** Leaves one of the keys that stand twice in their section, and says where the others are and where the first one is. */
function dropRepeats(document: Document, keep: 'first' | 'last') {
  const repeats: { readonly key: string; readonly offset: number; readonly before: number }[] = [];
  visit(document, {
    Map: (_, section) => {
      const kept = new Map<string, Pair>();
      const firsts = new Map<string, number>();
      for (const pair of section.items) {
        const key = keyOf(pair);
        const offset = rangeOf(pair.key) ?? 0;
        const before = firsts.get(key);
        if (before === undefined) firsts.set(key, offset);
        else repeats.push({ key, offset, before });
        if (before === undefined || keep === 'last') kept.set(key, pair);
      }
      section.items = [...kept.values()];
    },
  });
  return repeats;
}

/** Offset of what the problem is about, or of the nearest thing around it. */
function offsetOf(document: Document, problem: PlacelessProblem): number {
  for (let length = problem.path.length; length > 0; length--) {
    const path = problem.path.slice(0, length);
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent) ? parent.items.find((item) => keyOf(item) === String(path.at(-1))) : undefined;
    const key = rangeOf(pair?.key);
    const own = rangeOf(document.getIn(path, true));
    const wanted = problem.atKey && length === problem.path.length ? (key ?? own) : (own ?? key);
    if (wanted !== undefined) return wanted;
  }
  return 0;
}

const sourceIn =
  (document: Document): SourceOf =>
  (path) => {
    const node = document.getIn(path, true);
    return isScalar(node) ? node.source : undefined;
  };

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
const rangeOf = (node: unknown): number | undefined => (node as { range?: [number] } | undefined)?.range?.[0];

/**
 * The line where sections are nested deeper than any configuration, or 0. The parser is recursive, and a crafted file must
 * not end the stack: depth needs an open bracket, or indentation, or indicators (`- - -`) at the beginning of a line.
 */
function tooDeep(text: string): number {
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    for (const character of line) {
      if (character === '[' || character === '{') open += 1;
      else if (character === ']' || character === '}') open = Math.max(0, open - 1);
      if (open > configLimits.depth) return index + 1;
    }
    const indentation = /^(?:[\s?:-]|[&!][^\s]*\s)*/.exec(line)?.[0].length ?? 0;
    if (indentation > 8 * configLimits.depth) return index + 1;
  }
  return 0;
}

/** The line at which a text has more parts than any configuration, or 0. Reads no further. */
function tooManyParts(text: string): number {
  let [parts, line] = [0, 1];
  for (const part of new Lexer().lex(text)) {
    if (++parts > configLimits.parts) return line;
    line += part.split('\n').length - 1;
  }
  return 0;
}

const yamlFault = (message: string): string => {
  const first = message.split('\n')[0];
  if (/tab/i.test(first)) return 'Use spaces, not tabs, at the beginning of a line.';
  if (/multiple documents/i.test(first))
    return 'A configuration is one document: take out this line and what is below it.';
  return `This is not valid YAML here: ${first.slice(0, 200)}`;
};

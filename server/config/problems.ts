import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { builtInLanguages } from '../protocol/texts.ts';
import { type Description, describe, describedAt, expectation } from './describe.ts';
import { configSchema } from './schema.ts';

/** A problem of installation.yaml before its place in the file is known. */
export interface PlacelessProblem {
  readonly path: readonly PropertyKey[];
  /** Whether the key itself is wrong, not its value. */
  readonly atKey: boolean;
  readonly message: string;
}

/** What stands in the file for a value: `0471` for 471; undefined where that is no plain value. */
export type SourceOf = (path: readonly PropertyKey[]) => string | undefined;

/** Says zod's issues in words, each with what would be right; no more than `most`. */
export function fromIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  sourceOf: SourceOf,
  most: number,
): PlacelessProblem[] {
  const problems: PlacelessProblem[] = [];
  for (const issue of issues) {
    if (problems.length >= most) break;
    problems.push(...fromIssue(issue, value, sourceOf, most - problems.length));
  }
  return problems;
}

function fromIssue(
  issue: z.core.$ZodIssue,
  value: unknown,
  sourceOf: SourceOf,
  most: number,
): readonly PlacelessProblem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, most)
      .map((key) => ({ path: [...path, key], atKey: true, message: unknownKey(path, key) }));
  }
  if (issue.code === 'invalid_key') {
    const wanted = issue.issues[0]?.message ?? 'another name';
    return [{ path, atKey: true, message: `“${String(path.at(-1))}” must be ${wanted}.` }];
  }
  const described = describedAt(path);
  const given = at(value, path);
  const written = typeof given === 'string' ? undefined : sourceOf(path);
  const name = nameOf(path);
  // What is no text, or too long, fails before our own checks: they are asked about a text that cannot be right.
  const ours = ownWordsOf(issue) ?? (described?.type === 'string' ? ownWords(path, '\0') : undefined);
  const wanted = ours ?? expectation(described);
  const say = (message: string) => [{ path, atKey: false, message: `${name} must be ${message}.` }];
  // Only what would be accepted is advised.
  if (described?.type === 'string' && written !== undefined && isAccepted(path, written)) {
    return say(`text: put ${written.slice(0, 60)} in quotation marks`);
  }
  const number = typeof given === 'string' ? Number.parseFloat(given) : Number.NaN;
  if (/^(number|integer)$/.test(described?.type ?? '') && isAccepted(path, number)) {
    return say(`${wanted}: write ${number} alone, without a unit or quotation marks`);
  }
  return say(`${wanted}, not ${written?.slice(0, 60) ?? show(given)}`);
}

/** What our own checks want at a place of a file where this value does not fit. */
function ownWords(path: readonly PropertyKey[], value: unknown): string | undefined {
  const file = onlyAt(path, value);
  const [issue] = configSchema.safeParse(file).error?.issues ?? [];
  const [problem] = crossCheckAlone(file);
  return (issue && ownWordsOf(issue)) ?? / must be (.*)\.$/.exec(problem?.message ?? '')?.[1];
}

const ownWordsOf = (issue: z.core.$ZodIssue): string | undefined =>
  issue.code === 'custom' || (issue.code === 'invalid_format' && issue.format === 'regex') ? issue.message : undefined;

/** Whether a value would be right at a place of a file, whatever stands elsewhere. */
function isAccepted(path: readonly PropertyKey[], value: unknown): boolean {
  const file = onlyAt(path, value);
  return configSchema.safeParse(file).success && crossCheckAlone(file).length === 0;
}

/** A file in which nothing but one value stands. */
const onlyAt = (path: readonly PropertyKey[], value: unknown): unknown =>
  path.reduceRight<unknown>((inner, key) => (typeof key === 'number' ? [inner] : { [key]: inner }), value);

const crossCheckAlone = (file: unknown): readonly PlacelessProblem[] =>
  crossCheck(
    file,
    builtInLanguages.map(({ code }) => code),
    () => null,
  );

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const elsewhere = placesOf(key, describe, []);
  if (elsewhere.length > 0) return `“${key}” is not known ${where(path)}; it belongs under “${elsewhere[0]}”.`;
  if (path.length > 0 && Object.hasOwn(describe.properties ?? {}, key)) {
    return `“${key}” is not known ${where(path)}; it belongs at the beginning of a line, outside of every section.`;
  }
  const here = Object.keys(describedAt(path)?.properties ?? {});
  const near = here.length > 0 ? closest(key, here) : '';
  if (near && distance(key.toLowerCase(), near.toLowerCase()) <= Math.max(2, key.length / 3)) {
    return `“${key}” is not known ${where(path)}; did you mean “${near}”?`;
  }
  return `“${key}” is not known ${where(path)}; known are ${list(here)}.`;
}

const list = (names: readonly string[]): string =>
  names.length > 20 ? `${names.slice(0, 20).join(', ')}, ...` : names.join(', ');

/** Sections that do have this key. */
function placesOf(key: string, description: Description, path: readonly string[]): readonly string[] {
  return Object.entries(description.properties ?? {}).flatMap(([name, child]) =>
    name === key && path.length > 0 ? [path.join('.')] : placesOf(key, child, [...path, name]),
  );
}

const where = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'here' : `under “${nameOf(path)}”`);
const nameOf = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'the file';

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inside, key) => (typeof inside === 'object' && inside !== null ? (inside as never)[key] : undefined),
    value,
  );

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  const shown = String(value);
  return typeof value === 'string' ? `“${shown.slice(0, 60)}”` : shown.slice(0, 60);
}

/** The directions that the face pack of that name or path has; null where that cannot be known. */
export type DirectionsOf = (pack: string) => readonly string[] | null;

/** What to say where the face pack lacks a direction of the file. */
export const noSuchDirection = (name: string, known: readonly string[]): string =>
  `live.directions: the face pack has no direction “${name}”; it has ${list(known) || 'none'}.`;

/** What no single key can tell: keys that must fit each other. Takes the file as it is, right or wrong. */
export function crossCheck(
  value: unknown,
  builtIn: readonly string[],
  directionsOf: DirectionsOf,
): readonly PlacelessProblem[] {
  const problems: PlacelessProblem[] = [];
  const add = (path: readonly PropertyKey[], message: string) => problems.push({ path, atKey: false, message });
  const given = at(value, ['languages']);
  const languages = Array.isArray(given) ? given : builtIn;
  const texts = at(value, ['texts']) ?? {};
  for (const [index, code] of languages.entries()) {
    if (typeof code !== 'string' || builtIn.includes(code) || Object.hasOwn(texts, code)) continue;
    add(['languages', index], `There are no texts in “${code}”: add them under texts, or take the language out.`);
  }
  const caption = at(value, ['live', 'captionLanguage']);
  if (typeof caption === 'string' && caption !== 'all' && !languages.includes(caption)) {
    add(
      ['live', 'captionLanguage'],
      `live.captionLanguage must be all or one of the languages: ${languages.join(', ')}.`,
    );
  }
  const [certificate, key] = [at(value, ['server', 'certificate']), at(value, ['server', 'certificateKey'])];
  if (certificate === 'auto') {
    if (key)
      add(['server', 'certificateKey'], 'server.certificate: auto makes its own key: leave certificateKey empty.');
  } else if (Boolean(certificate) !== Boolean(key)) {
    const path = ['server', certificate ? 'certificate' : 'certificateKey'];
    add(path, 'server.certificate and server.certificateKey go together: give both or none.');
  }
  const directions = at(value, ['live', 'directions']);
  const names = typeof directions === 'object' && !Array.isArray(directions) ? Object.keys(directions ?? {}) : [];
  const pack = at(value, ['pack']) ?? 'default';
  // Nothing is read of a pack where nobody asks for its directions.
  const known = names.length > 0 && typeof pack === 'string' ? directionsOf(pack) : null;
  for (const name of names) {
    if (!known || known.includes(name)) continue;
    problems.push({ path: ['live', 'directions', name], atKey: true, message: noSuchDirection(name, known) });
  }
  return problems;
}

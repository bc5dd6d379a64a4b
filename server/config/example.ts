import { stringify } from 'yaml';
import { type Description, describe, expectation } from './describe.ts';

const width = 100;

const preamble = `Familiar Faces: everything that can be set.

Every line shows its default; delete what you do not change, or leave it. After a change:
  npx familiar-faces check installation.yaml
Paths are seen from the folder of this file.`;

/** installation.yaml with every key at its default and a comment on each: made from the schema, kept equal by a test. */
export function exampleConfig(): string {
  const parts = Object.entries(describe.properties ?? {}).map(([key, child]) => entry(key, child, 0));
  return `${comment(preamble, 0)}\n\n${parts.join('\n\n')}\n`;
}

function entry(key: string, description: Description, depth: number): string {
  const pad = '  '.repeat(depth);
  const { properties } = description;
  if (properties) {
    const inner = Object.entries(properties).map(([name, child]) => entry(name, child, depth + 1));
    return `${comment(description.description ?? '', depth)}\n${pad}${key}:\n${inner.join('\n')}`;
  }
  const range = rangeOf(description);
  const about = [description.description, range && `(${range})`].filter(Boolean).join(' ');
  return `${comment(about, depth)}\n${pad}${key}: ${inline(description.default)}`;
}

function rangeOf(description: Description): string {
  const { type, unit } = description;
  if (description.enum || description.anyOf?.every((option) => option.const !== undefined)) {
    return expectation(description).replace(/^one of /, '');
  }
  if (type !== 'number' && type !== 'integer') return '';
  return `${description.minimum} to ${description.maximum}${unit ? ` ${unit}` : ''}`;
}

const inline = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', defaultStringType: 'PLAIN', singleQuote: true, lineWidth: 0 }).trim();

/** Text as comment lines, wrapped at words; lines that begin with a space are kept as they are. */
function comment(text: string, depth: number): string {
  const pad = `${'  '.repeat(depth)}# `;
  return text
    .split('\n')
    .flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width - pad.length)))
    .map((line) => `${pad}${line}`.trimEnd())
    .join('\n');
}

function wrap(line: string, length: number): readonly string[] {
  const lines = [''];
  for (const word of line.split(' ')) {
    const last = lines.length - 1;
    if (lines[last] && lines[last].length + 1 + word.length > length) lines.push(word);
    else lines[last] = lines[last] ? `${lines[last]} ${word}` : word;
  }
  return lines;
}

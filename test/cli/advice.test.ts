import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../server/paths.ts';

const read = (name: string) => readFileSync(join(packageRoot, name), 'utf8');

/** Source files of the server without their comments: what is left in them between quotation marks is said to people. */
const sources = readdirSync(join(packageRoot, 'server'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(join('server', name)).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ''));
const said = sources.flatMap((text) => text.match(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? []);
const documents = ['README.md', ...readdirSync(join(packageRoot, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);

/** All that the pattern's first group finds in sentences and documents. */
const found = (pattern: RegExp): string[] => [
  ...new Set([...said, ...documents.map(read)].flatMap((text) => [...text.matchAll(pattern)].map(([, word]) => word))),
];

let commands: readonly Command[];
beforeAll(async () => {
  const program = new Command();
  const folder = join(packageRoot, 'server', 'cli');
  // Longer names later: bench-live adds itself to bench.
  for (const name of readdirSync(folder).sort((a, b) => a.length - b.length)) {
    const module = await import(pathToFileURL(join(folder, name)).href);
    for (const [key, register] of Object.entries<(program: Command) => void>(module)) {
      if (/^register[A-Z]/.test(key)) register(program);
    }
  }
  commands = program.commands.flatMap((command) => [command, ...command.commands]);
});

describe('advice names only what there is:', () => {
  it('commands', () => {
    const names = commands.map((command) => command.name());
    const advised = found(/npx familiar-faces ([a-z]+)/g);
    expect(advised.length).toBeGreaterThan(3);
    expect(advised.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('options of sentences', () => {
    const options = commands.flatMap((command) => command.options.map(({ long }) => long?.replace(/^--no-/, '--')));
    const advised = said.flatMap((text) => [...text.matchAll(/ (--[a-z][a-z-]*)[ .,;)]/g)].map(([, name]) => name));
    expect(advised.length).toBeGreaterThan(3);
    // An option of npm.
    const others = ['--omit'];
    expect([...new Set(advised)].filter((name) => !options.includes(name) && !others.includes(name))).toEqual([]);
  });

  it('scripts of npm', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const advised = found(/npm run ([a-z:]+)/g);
    expect(advised.length).toBeGreaterThan(1);
    expect(advised.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('documents', () => {
    const advised = said.flatMap((text) => text.match(/\b(?:docs|models)\/[\w/-]+\.md/g) ?? []);
    expect(advised.length).toBeGreaterThan(1);
    expect(advised.filter((name) => !existsSync(join(packageRoot, name)))).toEqual([]);
  });
});

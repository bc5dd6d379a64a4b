import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../server/cli/run-command.ts';
import { defaultPack } from '../../server/paths.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'familiar-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

const colour = (width: number, height = width) =>
  sharp({ create: { width, height, channels: 3, background: '#963' } })
    .png()
    .toBuffer();

beforeAll(async () => {
  writeFileSync(at('empty'), '');
  writeFileSync(at('text.txt'), 'neither a picture nor a network\n');
  writeFileSync(at('junk.bin'), Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)));
  writeFileSync(at('junk.yaml'), '\0\x01\x02: [}\n');
  writeFileSync(at('list.yaml'), '- 1\n- 2\n');
  writeFileSync(at('junk.json'), '{');
  writeFileSync(at('face.png'), await colour(64));
  writeFileSync(at('small.png'), await colour(9));
  writeFileSync(at('wide.png'), await colour(80, 64));
  writeFileSync(at('huge.png'), await colour(2049, 2049));
  mkdirSync(at('a-folder'));
  execFileSync('mkfifo', [at('pipe')]);
  await writeSafetensors(at('latents.safetensors'), { wplus: { shape: [1, 2, 3], data: new Float32Array(6) } });
  cpSync(defaultPack, at('not-yaml'), { recursive: true });
  writeFileSync(join(at('not-yaml'), 'pack.yaml'), '\0');
  mkdirSync(at('film-of-junk'));
  writeFileSync(join(at('film-of-junk'), 'chain.json'), '{"faces": 3}');
  mkdirSync(at('film-of-folder'));
  mkdirSync(join(at('film-of-folder'), 'chain.json'));
  writeFileSync(at('state-is-a-file.yaml'), 'server:\n  stateFolder: empty\n  port: 0\n');
  writeFileSync(at('chain-is-a-file.yaml'), `chain:\n  folder: empty\nserver:\n  port: 0\n  stateFolder: state\n`);
});

/** Everything that may stand where a file is wanted. */
const notFiles = ['absent', 'empty', 'text.txt', 'junk.bin', 'a-folder', 'empty/below', 'x'.repeat(300)];
const film = ['film', '--engine', 'cpu', '--passes', '1', '--steps', '1', '--out', '@out'];
const render = ['render', '--engine', 'cpu', '--out', '@out', '--latents'];
const start = ['start', '--config'];

/** `@name` is a file of the folder. */
const cases: readonly (readonly string[])[] = [
  ...notFiles.flatMap((name) => [
    [...film, `@${name}`],
    [...render, `@${name}`],
    ['distance', '@face.png', `@${name}`],
    ['distance', '@face.png', '@face.png', '--net', `@${name}`],
    ['inspect', `@${name}`],
    ['import', `@${name}`, '--name', 'new', '--out', '@packs'],
    ['bench', '--no-networks', '--engine', 'cpu', '--aligned', '--portraits', `@${name}`],
  ]),
  // An empty configuration is one in which everything is at its default.
  ...notFiles
    .filter((name) => name !== 'empty')
    .flatMap((name) => [
      ['check', `@${name}`],
      [...start, `@${name}`],
    ]),
  // Text may come through a pipe, as from a shell's `<(...)`; files that are read by parts may not.
  [...film, '@pipe'],
  [...render, '@pipe'],
  ['distance', '@face.png', '@pipe'],
  ['inspect', '@pipe'],
  ['import', '@pipe', '--name', 'new', '--out', '@packs'],
  ...['absent', 'empty', 'a-folder', 'not-yaml'].flatMap((name) => [
    [...render, '@latents.safetensors', '--pack', `@${name}`],
    ['distance', '@face.png', '@face.png', '--pack', `@${name}`],
    ['bench', '--no-networks', '--pack', `@${name}`],
  ]),
  [...film, '@face.png', '--pack', '@a-folder'],
  [...film, '@face.png', '--direction', 'age'],
  [...film, '@face.png', '--direction', 'nobody-knows=1'],
  ['film', '--engine', 'cpu', '@face.png', '--out', '@film-of-junk', '--resume'],
  ['film', '--engine', 'cpu', '@face.png', '--out', '@film-of-folder', '--resume'],
  ['film', '--engine', 'cpu', '@face.png', '--out', '@empty'],
  [...render, '@latents.safetensors'],
  [...render, '@latents.safetensors:'],
  [...render, '@latents.safetensors:other', '--space', 'z'],
  ['distance', '@small.png', '@small.png'],
  ['distance', '@face.png', '@wide.png'],
  ['distance', '@huge.png', '@huge.png'],
  ['distance', '@face.png'],
  ['align', '@absent', '--out', '@z.zip'],
  ['align', '@text.txt', '--out', '@z.zip'],
  ['align', '@a-folder', '--out', '@z.zip'],
  ['align', '@a-folder', '--out', '@a-folder'],
  ['align', '@a-folder', '--out', '@z.zip', '--size', '0'],
  ['import', '@latents.safetensors', '--name', '../up', '--out', '@packs'],
  ['import', '@latents.safetensors', '--name', 'new', '--out', '@empty'],
  ['import', '@latents.safetensors', '--as', 'latent', '--pack', '@empty'],
  ['import', '@latents.safetensors', '--as', 'direction', '--name', 'age', '--pack', '@absent'],
  ['import', '@latents.safetensors', '--as', 'perceptual', '--name', 'p', '--out', '@packs'],
  ['import', '@latents.safetensors', '--name', 'p', '--out', '@packs', '--trunk', '@junk.bin'],
  ['bench', '--no-networks', '--engine', 'cpu', '--judge', '@junk.bin', '--aligned', '--portraits', '@face.png'],
  ['bench', '--no-networks', '--settings', '@junk.json'],
  ['bench', '--no-networks', '--engine', 'cpu', '--settings', '{"steps":"many"}'],
  ['bench', 'live', '--displays', '0'],
  ['bench', 'live', '--pack', '@absent', '--no-browser'],
  ['check', '@junk.yaml'],
  ['check', '@list.yaml'],
  ['certificate', '--config', '@junk.yaml'],
  ['certificate', '--config', '@state-is-a-file.yaml'],
  [...start, '@junk.yaml'],
  [...start, '@state-is-a-file.yaml'],
  [...start, '@chain-is-a-file.yaml'],
  ['doctor', 'now'],
  ['nothing'],
];

describe('bad input', () => {
  it.each(cases.map((args) => ({ args, line: args.join(' ').slice(0, 90) })))('$line', async ({ args }) => {
    let said = '';
    const code = await runCommand(
      args.map((arg) => (arg.startsWith('@') ? at(arg.slice(1)) : arg)),
      (text) => {
        said += text;
      },
    );
    expect(said).not.toMatch(/^ +at |node:internal|should not have happened/m);
    expect(said).toMatch(/^familiar-faces: [^\n]{10,}\n/);
    expect(code).toBeOneOf([1, 2]);
  });
});

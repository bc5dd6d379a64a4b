import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { defaultPack } from '../../server/paths.ts';
import { repeatW } from '../../server/projection/latent.ts';
import { RandomState } from '../../server/projection/random.ts';
import { openSafetensors, writeSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath, sharedPath } from '../reference.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'familiar-faces-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

/** One line for people, no stack. */
function expectOneLine(stderr: string, ...parts: (string | RegExp)[]): void {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !line.includes(' on onnxruntime') && !/^Finding faces/.test(line));
  expect(lines.join('\n')).toMatch(/^familiar-faces: /);
  expect(stderr).not.toMatch(/\n {4}at /);
  for (const part of parts) expect(stderr).toMatch(part);
}

describe('familiar-faces', () => {
  it.each([
    [['film']],
    [['film', 'a.jpg']],
    [['film', 'a.jpg', '--out', 'x', '--steps', '0']],
    [['film', 'a.jpg', '--out', 'x', '--steps', '1e9']],
    [['film', 'a.jpg', '--out', 'x', '--fps', 'fast']],
    [['film', 'a.jpg', '--out', 'x', '--preset', 'magic']],
    [['film', 'a.jpg', '--out', 'x', '--stpes', '5']],
    [['fim', 'a.jpg']],
    [['render', '--out', 'x.safetensors']],
  ])('ends wrong usage with code 2: %j', async (args) => {
    const { code, stderr, stdout } = await runCli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expectOneLine(stderr);
  });

  it('names the nearest option and command', async () => {
    expect((await runCli(['film', 'a.jpg', '--out', 'x', '--stpes', '5'])).stderr).toContain('--steps');
    expect((await runCli(['fim', 'a.jpg'])).stderr).toContain('film');
  });

  it('renders the same face from w and from w+, and nothing from another pack’s latents', async () => {
    const { wDim, numWs } = loadFacePack(defaultPack).generator;
    const w = new RandomState(1).normals(wDim);
    const wplus = repeatW(w, numWs);
    await writeSafetensors(at('w.safetensors'), {
      w: { shape: [1, wDim], data: w },
      wplus: { shape: [1, numWs, wDim], data: wplus },
      odd: { shape: [1, 7], data: new Float32Array(7) },
    });
    const one = await runCli([
      'render',
      '--engine',
      'cpu',
      '--latents',
      at('w.safetensors:w'),
      '--space',
      'w',
      '--out',
      at('a.safetensors'),
    ]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    const two = await runCli([
      'render',
      '--engine',
      'cpu',
      '--latents',
      at('w.safetensors'),
      '--out',
      at('b.safetensors'),
    ]);
    expect(two).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(at('b.safetensors')).equals(readFileSync(at('a.safetensors')))).toBe(true);
    const odd = await runCli(['render', '--engine', 'cpu', '--latents', at('w.safetensors:odd'), '--out', at('c')]);
    expect(odd.code).toBe(2);
    expectOneLine(odd.stderr, /'odd' is \[1,7\]/);
  });

  it('prints the distance of two pictures', async () => {
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#963' } })
      .png()
      .toFile(at('one.png'));
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } })
      .png()
      .toFile(at('two.png'));
    expect(Number((await runCli(['distance', at('one.png'), at('one.png')])).stdout)).toBeCloseTo(0, 5);
    expect(Number((await runCli(['distance', at('one.png'), at('two.png')])).stdout)).toBeGreaterThan(0.01);
    await sharp({ create: { width: 32, height: 64, channels: 3, background: '#369' } })
      .png()
      .toFile(at('tall.png'));
    const unequal = await runCli(['distance', at('one.png'), at('tall.png')]);
    expect(unequal.code).toBe(2);
    expectOneLine(unequal.stderr, /32x64/);
  });

  it.each([
    [17, 17],
    [100, 100],
    [300, 301],
    [1000, 600],
  ])('prints it for pictures of %i x %i px', async (width, height) => {
    const [one, two] = ['#963', '#369'].map((background, i) => ({ background, path: at(`${width}-${i}.png`) }));
    for (const { background, path } of [one, two]) {
      await sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toFile(path);
    }
    const { code, stdout, stderr } = await runCli(['distance', one.path, two.path]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(Number(stdout)).toBeGreaterThan(0.01);
  });

  it.skipIf(!hasReference)('prints LPIPS as its authors do', async () => {
    const net = sharedPath('weights/lpips-alex.safetensors');
    const [ref, p1] = ['ex_ref.png', 'ex_p1.png'].map((name) => referencePath(`lpips/${name}`));
    expect(Number((await runCli(['distance', ref, p1, '--net', net])).stdout)).toBeCloseTo(0.1376, 3);
  });

  it('refuses a broken face pack, naming the file and what to do', async () => {
    const broken = (name: string, change: (path: string) => void): string => {
      mkdirSync(at(name));
      for (const file of ['pack.yaml', 'generator.safetensors', 'perceptual.safetensors'])
        copyFileSync(join(defaultPack, file), join(at(name), file));
      change(at(name));
      return at(name);
    };
    const cases: [string, RegExp][] = [
      [broken('no-yaml', (p) => rmSync(join(p, 'pack.yaml'))), /no pack\.yaml/],
      [broken('bad-yaml', (p) => writeFileSync(join(p, 'pack.yaml'), 'name: [')), /pack\.yaml/],
      [broken('no-network', (p) => rmSync(join(p, 'perceptual.safetensors'))), /perceptual\.safetensors is missing/],
      [
        broken('cut', (p) =>
          writeFileSync(
            join(p, 'generator.safetensors'),
            readFileSync(join(p, 'generator.safetensors')).subarray(0, 5000),
          ),
        ),
        /generator\.safetensors/,
      ],
      [
        broken('swapped', (p) => copyFileSync(join(p, 'perceptual.safetensors'), join(p, 'generator.safetensors'))),
        /'mapping\.w_avg' is missing/,
      ],
    ];
    const nan = broken('nan', () => {});
    const file = openSafetensors(join(defaultPack, 'generator.safetensors'));
    const tensors = new Map([...file.tensors].map(([key, { shape }]) => [key, { shape, data: file.read(key) }]));
    (tensors.get('mapping.w_avg') as { data: Float32Array }).data[3] = Number.NaN;
    await writeSafetensors(join(nan, 'generator.safetensors'), tensors, file.metadata);
    cases.push([nan, /'mapping\.w_avg' holds NaN/]);
    for (const [pack, words] of cases) {
      const { code, stderr } = await runCli([
        'render',
        '--pack',
        pack,
        '--latents',
        at('w.safetensors'),
        '--out',
        at('d'),
      ]);
      expect(code).toBe(1);
      expectOneLine(stderr, words);
    }
  });
});

describe.skipIf(!hasReference)('familiar-faces film', () => {
  const portrait = sharedPath('portraits/02-webmorph.jpg');

  it('makes a film of real portraits', async () => {
    const out = at('film');
    const portraits = ['02-webmorph.jpg', '08-civilservice.jpg'].map((name) => sharedPath(`portraits/${name}`));
    const { code, stdout } = await runCli(['film', ...portraits, '--out', out, '--steps', '12', '--engine', 'cpu']);
    expect(code).toBe(0);
    expect(stdout).toContain('index.html');
    const chain = JSON.parse(readFileSync(join(out, 'chain.json'), 'utf8'));
    expect(chain.faces).toHaveLength(4);
    expect(chain.loop.seam.lpips).toBeLessThan(1e-6);
    expect(existsSync(join(out, 'loop.mp4'))).toBe(true);
  });

  it('finishes the file in hand when interrupted, and goes on with --resume', async () => {
    const out = at('interrupted');
    const args = [
      'film',
      portrait,
      sharedPath('portraits/08-civilservice.jpg'),
      '--out',
      out,
      '--steps',
      '40',
      '--engine',
      'cpu',
      '--passes',
      '1',
    ];
    let watch: NodeJS.Timeout | undefined;
    const stopped = await runCli(args, {
      onStderr: (_, kill) => {
        watch ??= setInterval(() => {
          if (!existsSync(join(out, '01-02-webmorph', 'final.png'))) return;
          clearInterval(watch);
          kill('SIGINT');
        }, 10);
      },
    });
    clearInterval(watch);
    expect(stopped.code).toBe(1);
    expectOneLine(stopped.stderr, /--resume/);
    const resumed = await runCli([...args, '--resume']);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(readFileSync(join(out, 'chain.json'), 'utf8')).faces).toHaveLength(2);
  });

  it('says what is wrong with each photograph it cannot use', async () => {
    writeFileSync(at('text.jpg'), 'this is no picture');
    writeFileSync(at('empty.png'), '');
    writeFileSync(at('page.png'), '<!doctype html><html><body>Not found</body></html>');
    writeFileSync(at('cut.jpg'), readFileSync(portrait).subarray(0, 20_000));
    await sharp({ create: { width: 1, height: 1, channels: 3, background: '#fff' } })
      .png()
      .toFile(at('one-pixel.png'));
    await sharp({ create: { width: 600, height: 600, channels: 3, background: '#579' } })
      .jpeg()
      .toFile(at('nobody.jpg'));
    const bad = ['text.jpg', 'empty.png', 'page.png', 'cut.jpg', 'one-pixel.png', 'nobody.jpg', 'absent.jpg'];
    const { code, stderr } = await runCli(['film', portrait, ...bad.map(at), '--out', at('bad'), '--engine', 'cpu']);
    expect(code).toBe(1);
    for (const name of bad) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(existsSync(join(at('bad'), '01-02-webmorph'))).toBe(false);
  });

  it('takes CMYK, 16-bit, turned and animated pictures', async () => {
    await sharp(portrait).toColourspace('cmyk').jpeg().toFile(at('cmyk.jpg'));
    await sharp(portrait).toColourspace('rgb16').png().toFile(at('deep.png'));
    await sharp(portrait).rotate(90).withMetadata({ orientation: 8 }).jpeg().toFile(at('turned.jpg'));
    const pictures = ['cmyk.jpg', 'deep.png', 'turned.jpg'].map(at);
    const { code, stderr } = await runCli([
      'film',
      ...pictures,
      '--out',
      at('kinds'),
      '--steps',
      '1',
      '--passes',
      '1',
      '--engine',
      'cpu',
    ]);
    expect(stderr).not.toMatch(/familiar-faces:/);
    expect(code).toBe(0);
    // All three are the same portrait: their crops are the same face.
    const crops = ['01-cmyk', '02-deep', '03-turned'].map((name) => join(at('kinds'), name, 'target.png'));
    for (const crop of crops.slice(1)) {
      expect(Number((await runCli(['distance', crops[1], crop])).stdout)).toBeLessThan(0.05);
    }
  });

  it('takes the photographs of a phone’s folder, and names what it skipped', async () => {
    mkdirSync(at('phone'));
    copyFileSync(portrait, join(at('phone'), 'IMG_0001.JPG'));
    writeFileSync(join(at('phone'), 'IMG_0001.MOV'), Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1'));
    writeFileSync(join(at('phone'), 'IMG_0002.AAE'), '<?xml version="1.0"?>\n<!DOCTYPE plist>\n<plist></plist>');
    writeFileSync(join(at('phone'), '._IMG_0001.JPG'), 'notes of a Mac');
    const out = at('phone-film');
    const { code, stdout } = await runCli([
      'film',
      at('phone'),
      '--out',
      out,
      '--steps',
      '1',
      '--passes',
      '1',
      '--engine',
      'cpu',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^skipped .*IMG_0001\.MOV: this is a film \(QuickTime\)/m);
    expect(stdout).toMatch(/^skipped .*IMG_0002\.AAE: this is a property list/m);
    expect(stdout).toMatch(/^1 faces in .*, 2 files skipped: open/m);
    expect(JSON.parse(readFileSync(join(out, 'chain.json'), 'utf8')).faces).toHaveLength(1);
  });

  it('cannot write where it may not', async () => {
    writeFileSync(at('a-file'), '');
    const { code, stderr } = await runCli(['film', portrait, '--out', join(at('a-file'), 'film'), '--engine', 'cpu']);
    expect(code).toBe(1);
    expectOneLine(stderr, /a-file/);
  });
});

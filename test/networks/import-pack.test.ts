import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { FamiliarError } from '../../server/errors.ts';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { type ImportPackOptions, importPack } from '../../server/networks/import/import-pack.ts';
import { newFolder } from '../../server/networks/import/new-folder.ts';
import { recognise } from '../../server/networks/import/recognise.ts';
import { defaultPack } from '../../server/paths.ts';
import { wStatistics } from '../../server/projection/w-statistics.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath } from '../reference.ts';
import { dict, type Item } from '../weights/pickle-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { torchZip } from '../weights/torch-writer.ts';

const scratch = scratchFolder();
const silent: ImportPackOptions['progress'] = () => ({ update() {}, done() {} });

const importFile = (
  file: string,
  name: string,
  more: { out?: string; replace?: boolean; perceptual?: string; signal?: AbortSignal; progress?: typeof silent } = {},
) => {
  const { out = join(scratch.folder, 'packs'), replace = false, progress = silent, ...rest } = more;
  return importPack({ file, name, folder: join(out, name), perceptualFrom: defaultPack, replace, progress, ...rest });
};

describe.skipIf(!hasReference)('importing public networks', () => {
  it.each([
    ['stylegan2-32-conditional.pkl', 'stylegan2', 32],
    ['stylegan2-128-wide.pkl', 'stylegan2', 128],
    ['rosinality-32.pt', 'stylegan2', 32],
    ['stylegan2-tf-32.pkl', 'stylegan2', 32],
    ['stylegan1-tf-128.pkl', 'stylegan', 128],
    ['stylegan3-t-32.pkl', 'stylegan3', 32],
    ['stylegan3-r-32.pkl', 'stylegan3', 32],
  ])('%s becomes a pack that loads', async (file, architecture, resolution) => {
    await importFile(referencePath(file), file);
    const pack = loadFacePack(join(scratch.folder, 'packs', file));
    expect(pack.generator).toMatchObject({ architecture, resolution });
    expect(pack.description.licence).toContain(file);
    expect(pack.directions.size).toBe(0);
  });

  it('keeps what a network was trained with', async () => {
    const settings = (name: string) =>
      readFileSync(join(scratch.folder, 'packs', name, 'generator.safetensors')).toString('latin1', 0, 4000);
    expect(settings('stylegan2-128-wide.pkl')).toContain('"conv_clamp":"256"');
    expect(settings('stylegan1-tf-128.pkl')).toContain('"fused_scale":"auto"');
    expect(settings('stylegan3-r-32.pkl')).toContain('"use_radial_filters":"true"');
  });

  it('replaces a pack only when asked to', async () => {
    const file = referencePath('stylegan3-t-32.pkl');
    const out = join(scratch.folder, 'replacing');
    await importFile(referencePath('stylegan2-tf-32.pkl'), 'x', { out });
    await expect(importFile(file, 'x', { out })).rejects.toMatchObject({ code: 'FOLDER_EXISTS' });
    expect(loadFacePack(join(out, 'x')).description.architecture).toBe('stylegan2');
    await importFile(file, 'x', { out, replace: true });
    expect(loadFacePack(join(out, 'x')).description.architecture).toBe('stylegan3');
    expect(readdirSync(out)).toEqual(['x']);
  });

  it('leaves nothing behind, and the old pack as it was, when the perceptual network is none', async () => {
    const out = join(scratch.folder, 'failing');
    await importFile(referencePath('stylegan2-tf-32.pkl'), 'x', { out });
    const bad = scratch.file('bad.safetensors', 'not at all');
    const again = importFile(referencePath('stylegan3-t-32.pkl'), 'x', { out, replace: true, perceptual: bad });
    await expect(again).rejects.toMatchObject({ name: 'FamiliarError' });
    expect(readdirSync(out)).toEqual(['x']);
    expect(loadFacePack(join(out, 'x')).description.architecture).toBe('stylegan2');
  });

  it('gives a training checkpoint what it lacks, and says so', async () => {
    const reference = openWeights(referencePath('rosinality-32.pt'));
    if (reference.kind !== 'checkpoint') throw new Error('the reference is no checkpoint');
    const g = reference.groups.get('g_ema')!;
    const kept = [...g.tensors].filter(([name]) => !name.startsWith('noises.'));
    const bare = torchZip((tensor) => {
      const state = kept.map(([name, { shape }]): [string, Item] => [
        name,
        tensor({ storage: { type: 'FloatStorage', data: g.read(name) }, shape }),
      ]);
      return dict({ g_ema: dict(Object.fromEntries(state)) });
    });
    reference.close();
    const file = scratch.file('bare.pt', bare);
    const opened = openWeights(file);
    expect(recognise(opened)).toMatchObject({ missing: [] });
    opened.close();

    const { notes } = await importFile(file, 'bare');
    expect(notes).toEqual([
      expect.stringMatching(/no noise maps: 7 were drawn/),
      expect.stringMatching(/no mean latent.*10,240/),
    ]);
    const { generator } = loadFacePack(join(scratch.folder, 'packs', 'bare'));
    // The mean of other faces is as near as chance lets two means be.
    const runtime = await startEngine('cpu');
    const { mean, std } = await wStatistics(runtime, generator, { samples: 2_000, seed: 7 });
    await runtime.dispose();
    const apart = Math.hypot(...mean.map((x, i) => x - generator.wAvg[i]));
    expect(apart).toBeLessThan(2 * std * Math.sqrt(1 / 2_000 + 1 / 10_240));
    expect(generator.noiseMaps.every(({ stored }) => stored.some((x) => x !== 0))).toBe(true);
  });

  it('keeps nothing of an import that is stopped', async () => {
    const out = join(scratch.folder, 'stopped');
    const abort = new AbortController();
    const progress: typeof silent = () => ({
      update(done) {
        if (done === 20) abort.abort();
      },
      done() {},
    });
    const stopped = importFile(referencePath('stylegan2-32.pkl'), 'x', { out, signal: abort.signal, progress });
    await expect(stopped).rejects.toMatchObject({ code: 'IMPORT_STOPPED' });
    expect(() => readdirSync(out)).toThrow('ENOENT');
  });

  it('says before it begins that a perceptual network is none', async () => {
    const file = referencePath('stylegan2-32.pkl');
    const out = join(scratch.folder, 'perceptual');
    const wrong = importFile(file, 'x', { out, perceptual: file });
    await expect(wrong).rejects.toMatchObject({ code: 'PERCEPTUAL_FORMAT', message: expect.stringContaining(file) });
    const none = importFile(file, 'x', { out, perceptual: referencePath('stylegan2-32.weights.safetensors') });
    await expect(none).rejects.toMatchObject({ code: 'WEIGHTS_TENSOR_MISSING' });
    expect(() => readdirSync(out)).toThrow('ENOENT');
  });

  it('refuses a half download', async () => {
    for (const name of ['stylegan2-32.pkl', 'rosinality-32.pt', 'stylegan1-tf-128.pkl']) {
      const half = scratch.file(name, readFileSync(referencePath(name)));
      truncateSync(half, 300_000);
      const out = join(scratch.folder, 'half');
      await expect(importFile(half, 'x', { out })).rejects.toMatchObject({ code: 'WEIGHTS_DAMAGED' });
      expect(() => readdirSync(out)).toThrow('ENOENT');
    }
  });
});

it('says what a state dict does not, with advice that is accepted', async () => {
  const { tensors, read } = randomStyleGan2({ resolution: 64, channelBase: 512, channelMax: 8, wDim: 8 });
  const file = join(scratch.folder, 'silent.safetensors');
  await writeSafetensors(file, new Map([...tensors].map(([name, { shape }]) => [name, { shape, data: read(name) }])));
  const { notes } = await importFile(file, 'silent');
  const [, advice] = /write (convClamp: 256) into pack\.yaml/.exec(notes.join(' ')) ?? [];
  const pack = join(scratch.folder, 'packs', 'silent');
  appendFileSync(join(pack, 'pack.yaml'), `${advice}\n`);
  expect(loadFacePack(pack).description.convClamp).toBe(256);
});

describe('refusing to import', () => {
  it('a web page', async () => {
    const file = scratch.file('page.pkl', '<!DOCTYPE html><title>Quota exceeded</title>');
    await expect(importFile(file, 'x')).rejects.toMatchObject({ message: expect.stringContaining('web page') });
  });

  it.each([
    ['a discriminator', 'b4.out.weight', /discriminator.*G_ema/],
    ['a perceptual network', 'features.0.weight', /--as perceptual/],
    ['an unknown network', 'encoder.layer1.weight', /no architecture that this program knows/],
    ['half a generator', 'synthesis.b4.const', /'mapping.w_avg' is missing/],
  ])('%s', async (_, name, message) => {
    const file = join(scratch.folder, 'other.safetensors');
    await writeSafetensors(file, { [name]: { shape: [1, 1, 1], data: new Float32Array(1) } });
    await expect(importFile(file, 'x')).rejects.toMatchObject({ message: expect.stringMatching(message) });
  });
});

describe('a new folder', () => {
  it('is not begun where there is no room for it', async () => {
    const path = join(scratch.folder, 'deep', 'large');
    const making = newFolder(path, { replace: false, bytes: 1e18 }, async () => undefined);
    await expect(making).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(() => readdirSync(join(scratch.folder, 'deep'))).toThrow('ENOENT');
  });

  it('is gone when its making fails, and folders above it that were there stay', async () => {
    const parent = join(scratch.folder, 'parent');
    mkdirSync(parent);
    const making = newFolder(join(parent, 'a'), { replace: false, bytes: 1 }, async (folder) => {
      writeFileSync(join(folder, 'half'), 'half');
      throw new Error('the power');
    });
    await expect(making).rejects.toThrow('the power');
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is called by its final name in what goes wrong', async () => {
    const path = join(scratch.folder, 'named');
    const making = newFolder(path, { replace: false, bytes: 1 }, (folder) =>
      Promise.reject(new FamiliarError('DISK_FULL', `${folder}/generator: the disk is full.`)),
    );
    await expect(making).rejects.toMatchObject({ code: 'DISK_FULL', message: `${path}/generator: the disk is full.` });
  });

  it('takes away what a power cut left of an earlier one, and nothing else', async () => {
    const parent = join(scratch.folder, 'power');
    const id = '6d1b8a52-3c1e-4c7f-9a53-0d2f6f4d8b11';
    const old = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [`.a.${id}.partial`, `.b.${id}.partial`, '.a.notes']) {
      mkdirSync(join(parent, name), { recursive: true });
      utimesSync(join(parent, name), old, old);
    }
    const busy = id.replace('6', '7');
    mkdirSync(join(parent, `.a.${busy}.partial`));
    await newFolder(join(parent, 'a'), { replace: false, bytes: 1 }, async () => undefined);
    expect(readdirSync(parent).sort()).toEqual(['.a.notes', `.a.${busy}.partial`, `.b.${id}.partial`, 'a'].sort());
  });
});

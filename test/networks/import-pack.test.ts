import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { importPack } from '../../server/networks/import/import-pack.ts';
import { newFolder } from '../../server/networks/import/new-folder.ts';
import { defaultPack } from '../../server/paths.ts';
import { writeSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath } from '../reference.ts';
import { scratchFolder } from '../weights/scratch.ts';

const scratch = scratchFolder();
const silent = () => ({ update() {}, done() {} });

const importFile = (
  file: string,
  name: string,
  more: { out?: string; replace?: boolean; perceptual?: string } = {},
) => {
  const { out = join(scratch.folder, 'packs'), replace = false, perceptual } = more;
  const folder = join(out, name);
  return importPack({ file, name, folder, perceptualFrom: defaultPack, perceptual, replace, progress: silent });
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
});

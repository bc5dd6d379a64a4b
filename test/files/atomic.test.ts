import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import { isPartialName, replaceFile, writeChunksAtomic, writeFileAtomic } from '../../server/files/atomic.ts';

let folder = '';
let path = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  path = join(folder, 'chain.json');
});

describe('replaceFile', () => {
  it('shows the old file until the new one is whole', async () => {
    await writeFile(path, 'old');
    const result = await replaceFile(path, async (temporary) => {
      await appendFile(temporary, 'ne');
      expect(await readFile(path, 'utf8')).toBe('old');
      expect(await readdir(folder)).toHaveLength(2);
      await appendFile(temporary, 'w');
      return 42;
    });
    expect(result).toBe(42);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['chain.json']);
  });

  it('writes beside the file, under a hidden name of the same extension that can be told apart', async () => {
    await replaceFile(join(folder, 'film.mp4'), async (temporary) => {
      const name = temporary.slice(folder.length + 1);
      expect(name).toMatch(/^\.film\..*\.mp4$/);
      expect(isPartialName(name)).toBe(true);
      await writeFile(temporary, '');
    });
    for (const name of ['film.mp4', '.film.mp4', '.film.partial.mp4', 'chain.json'])
      expect(isPartialName(name)).toBe(false);
    await replaceFile(join(folder, 'LICENSE'), async (temporary) => {
      expect(isPartialName(temporary.slice(folder.length + 1))).toBe(true);
      await writeFile(temporary, '');
    });
  });

  it('keeps the old file and removes the new one where making it fails', async () => {
    await writeFile(path, 'old');
    const failing = replaceFile(path, async (temporary) => {
      await writeFile(temporary, 'half');
      throw new TypeError('a defect');
    });
    await expect(failing).rejects.toThrow(TypeError);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['chain.json']);
  });

  it('fails where nothing was written', async () => {
    await expect(replaceFile(path, async () => {})).rejects.toBeInstanceOf(FamiliarError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses a folder before anything is made', async () => {
    await mkdir(path);
    let isAsked = false;
    const fill = async (temporary: string) => {
      isAsked = true;
      await writeFile(temporary, 'hours of work');
    };
    await expect(replaceFile(path, fill)).rejects.toThrow(/is a folder, a file is needed/);
    expect(isAsked).toBe(false);
    expect(await readdir(folder)).toEqual(['chain.json']);
  });

  it('lets the last of many writers win whole', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => `${i} `.repeat(5000));
    await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(folder)).toEqual(['chain.json']);
  });
});

describe('writing', () => {
  it('writes texts, bytes and parts', async () => {
    await writeFileAtomic(path, 'tëxt');
    expect(await readFile(path, 'utf8')).toBe('tëxt');
    await writeFileAtomic(path, Uint8Array.of(1, 2));
    expect([...(await readFile(path))]).toEqual([1, 2]);
    await writeChunksAtomic(path, [Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)]);
    expect([...(await readFile(path))]).toEqual([1, 2, 3]);
    await writeChunksAtomic(path, []);
    expect((await stat(path)).size).toBe(0);
  });

  it('leaves nothing where the parts end in an error', async () => {
    const parts = (async function* () {
      yield Uint8Array.of(1);
      throw new Error('no more');
    })();
    await expect(writeChunksAtomic(path, parts)).rejects.toThrow('no more');
    expect(await readdir(folder)).toEqual([]);
  });

  it('says in words why a place cannot be written', async () => {
    await expect(writeFileAtomic(join(folder, 'none', 'a'), '')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await writeFile(path, '');
    await expect(writeFileAtomic(join(path, 'a'), '')).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
    await mkdir(join(folder, 'taken'));
    await expect(writeFileAtomic(join(folder, 'taken'), '')).rejects.toMatchObject({ code: 'FILE_IS_FOLDER' });
    expect((await readdir(folder)).filter(isPartialName)).toEqual([]);
  });

  const root = process.getuid?.() === 0;
  if (root) console.log('skipped: a folder without permission, since root may write everywhere');
  it.skipIf(root)('says so where it may not write', async () => {
    await chmod(folder, 0o500);
    await expect(writeFileAtomic(path, '')).rejects.toMatchObject({ code: 'FILE_NOT_ALLOWED' });
    await chmod(folder, 0o700);
  });
});

describe('a full disk', () => {
  const mount = (line: string): string[] => ['-rm', 'sh', '-ec', line];
  const possible = spawnSync('unshare', mount('mount -t tmpfs none /mnt')).status === 0;
  if (!possible) console.log('skipped: a full disk, since this system lets nobody mount one (unshare)');

  it.skipIf(!possible)('keeps the old file and leaves nothing else', () => {
    const script = fileURLToPath(new URL('fill-disk.ts', import.meta.url));
    const line = `mount -t tmpfs -o size=64k none ${folder}; exec "$0" --import tsx ${script} ${path}`;
    const output = execFileSync('unshare', [...mount(line), process.execPath], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      code: 'DISK_FULL',
      message: expect.stringContaining(path),
      left: ['chain.json'],
      old: 'old',
    });
  });
});

import { appendFile, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DriverHealth } from '../../server/camera/driver.ts';
import { FolderDriver } from '../../server/camera/folder-driver.ts';
import { localDecoder } from '../../server/image/decoder.ts';
import { encodeJpeg } from '../../server/image/encode.ts';
import { sharp } from '../../server/image/sharp.ts';
import type { Preview } from '../../server/installation/ports.ts';

/** The file that the system will not delete, since no permission keeps root from it. */
const refusal = vi.hoisted(() => ({ path: '' }));
vi.mock('node:fs/promises', async (original) => {
  const files = await original<typeof import('node:fs/promises')>();
  const rm: typeof files.rm = async (path, options) => {
    if (path === refusal.path) throw Object.assign(new Error('denied'), { code: 'EACCES', path });
    return files.rm(path, options);
  };
  return { ...files, rm };
});

let folder: string;
let driver: FolderDriver;
let waiting: boolean[];
let health: DriverHealth | undefined;
let previews: Preview[];
const never = new AbortController().signal;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'familiar-')), 'photographs');
  waiting = [];
  previews = [];
  await open();
});
afterEach(async () => {
  await driver.close();
  await rm(join(folder, '..'), { recursive: true, force: true });
});

async function open(): Promise<void> {
  driver = new FolderDriver(folder, localDecoder, {
    health: (now) => {
      health = now;
    },
    preview: (preview) => previews.push(preview),
    waiting: (now) => {
      if (waiting.at(-1) !== now) waiting.push(now);
    },
  });
  driver.start();
  await expect.poll(() => waiting.length).toBeGreaterThan(0);
}

/** The same folder after a start; what was in hand then is not known any more. */
async function openAgain(): Promise<void> {
  await driver.close();
  waiting = [];
  await open();
}

const isWaiting = () => expect.poll(() => waiting.at(-1)).toBe(true);
/** Long enough for a photograph to be taken up again, if it were. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 3_000));

const jpeg = (value: number): Promise<Buffer> =>
  encodeJpeg({ width: 300, height: 200, data: Uint8Array.from({ length: 180_000 }, (_, i) => (i * value) % 256) });

describe('a folder of photographs', () => {
  it('gives the oldest first, and keeps none that was used', async () => {
    const [a, b] = [await jpeg(3), await jpeg(5)];
    await writeFile(join(folder, 'b.jpg'), b);
    await utimes(join(folder, 'b.jpg'), 1_000, 1_000);
    await writeFile(join(folder, 'a.jpg'), a);
    await writeFile(join(folder, '.hidden.jpg'), a);
    await expect.poll(() => health?.message).toMatch(/^2 photographs/);
    expect(waiting).toEqual([false, true]);
    driver.setPreview(true);
    await expect.poll(() => previews.length).toBeGreaterThan(0);
    expect(previews[0]).toMatchObject({ width: 300, height: 200, encoding: 'jpeg' });
    const taken = [await driver.takeStill(null, never), await driver.takeStill(null, never)];
    expect(taken.map(({ bytes }) => Buffer.from(bytes))).toEqual([b, a]);
    for (const { used } of taken) used?.();
    // Nothing of a visitor may outlive their face: where photographs are kept, they lie beside it.
    await expect.poll(() => readdir(folder)).toEqual(['.hidden.jpg']);
    expect(waiting).toEqual([false, true, false]);
    await expect(driver.takeStill(null, never)).rejects.toThrow(/No photograph is waiting/);
  });

  it('forgets a photograph once it has been used, and not before', async () => {
    await writeFile(join(folder, 'a.jpg'), await jpeg(3));
    await isWaiting();
    await driver.takeStill(null, never);
    await aWhile();
    expect(waiting.at(-1)).toBe(false);
    expect(await readdir(folder)).toEqual(['a.jpg']);
    // The piece fell over before anything came of it.
    await openAgain();
    await isWaiting();
    const { used } = await driver.takeStill(null, never);
    used?.();
    used?.();
    await driver.close();
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not forget another photograph that came under the same name', async () => {
    await writeFile(join(folder, 'a.jpg'), await jpeg(3));
    await isWaiting();
    const { used } = await driver.takeStill(null, never);
    await writeFile(join(folder, 'a.jpg'), await jpeg(5));
    used?.();
    await isWaiting();
    expect(Buffer.from((await driver.takeStill(null, never)).bytes)).toEqual(await jpeg(5));
  });

  it('says that it cannot put photographs away, takes none twice, and goes on once it can', async () => {
    refusal.path = join(folder, 'a.jpg');
    await writeFile(refusal.path, await jpeg(3));
    await isWaiting();
    (await driver.takeStill(null, never)).used?.();
    await expect.poll(() => health?.level).toBe('trouble');
    await aWhile();
    expect(health).toMatchObject({ level: 'trouble', message: expect.stringMatching(/cannot be put away.*a\.jpg/) });
    expect(waiting).toEqual([false, true, false]);
    refusal.path = '';
    await expect.poll(() => health?.level).toBe('good');
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, '..', 'in-the-way'), '');
    await symlink(join(folder, '..', 'in-the-way'), join(folder, 'refused'));
    await writeFile(join(folder, 'bad.jpg'), 'this is no picture');
    await expect.poll(() => health?.message).toMatch(/cannot be put away.*refused/);
  });

  it('waits for files that are still being written', async () => {
    const bytes = await jpeg(3);
    const path = join(folder, 'slow.jpg');
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 6)) {
      await appendFile(path, bytes.subarray(at, at + Math.ceil(bytes.length / 6)));
      await new Promise((resolve) => setTimeout(resolve, 400));
      if (at < bytes.length / 2) expect(waiting).toEqual([false]);
    }
    await expect.poll(() => waiting.at(-1)).toBe(true);
    expect(Buffer.from((await driver.takeStill(null, never)).bytes)).toEqual(bytes);
  });

  it('sets bad files aside with the reason, and goes on', async () => {
    await writeFile(join(folder, 'bad.jpg'), 'this is no picture');
    await writeFile(join(folder, 'cut.jpg'), (await jpeg(3)).subarray(0, 2_000));
    await expect.poll(() => readdir(join(folder, 'refused')).catch(() => [])).toHaveLength(4);
    expect(await readFile(join(folder, 'refused', 'bad.jpg.txt'), 'utf8')).toMatch(/bad\.jpg/);
    expect(await readdir(folder)).toEqual(['refused']);
    expect(health?.level).toBe('good');
  });

  it('takes the photographs of a phone, and names what it set aside', async () => {
    const photograph = await jpeg(3);
    await writeFile(join(folder, 'IMG_0001.JPG'), photograph);
    await writeFile(join(folder, 'IMG_0001.MOV'), Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1'));
    await writeFile(
      join(folder, 'IMG_0002.AAE'),
      '<?xml version="1.0"?>\n<!DOCTYPE plist>\n<plist version="1.0"></plist>',
    );
    for (const name of ['._IMG_0001.JPG', '.DS_Store', 'Thumbs.db', 'notes.txt'])
      await writeFile(join(folder, name), 'x');
    await isWaiting();
    expect(Buffer.from((await driver.takeStill(null, never)).bytes)).toEqual(photograph);
    await expect
      .poll(() => health?.message)
      .toMatch(/Set aside in refused\/.*IMG_0002\.AAE.*IMG_0001\.MOV|IMG_0001\.MOV.*IMG_0002\.AAE/);
    const reason = (name: string) => readFile(join(folder, 'refused', `${name}.txt`), 'utf8');
    expect(await reason('IMG_0001.MOV')).toMatch(/this is a film \(QuickTime\), no photograph/);
    expect(await reason('IMG_0002.AAE')).toMatch(/this is a property list.*AAE/);
    expect((await readdir(folder)).sort()).toEqual(
      ['.DS_Store', '._IMG_0001.JPG', 'IMG_0001.JPG', 'Thumbs.db', 'notes.txt', 'refused'].sort(),
    );
  });

  it('turns other formats into JPEG, and makes its folder again when that is deleted', async () => {
    await rm(folder, { recursive: true });
    await expect.poll(() => readdir(folder).catch(() => null)).toEqual([]);
    const tiff = await sharp(await jpeg(3))
      .tiff()
      .toBuffer();
    await writeFile(join(folder, 'scan.tif'), tiff);
    await expect.poll(() => waiting.at(-1)).toBe(true);
    const { bytes } = await driver.takeStill(null, never);
    expect([...bytes.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });
});

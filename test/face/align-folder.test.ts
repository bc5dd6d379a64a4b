import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import { type AlignOrder, alignFolder } from '../../server/face/align-folder.ts';
import type { FaceDetector } from '../../server/face/face.ts';
import { decodeImage } from '../../server/image/decode.ts';
import { encodeJpeg, encodePng } from '../../server/image/encode.ts';
import { checks, madeUpLandmarks } from './made-up-face.ts';

/** Sees the made-up face in every picture but small ones. */
const detector: FaceDetector = {
  detect: async ({ width }) =>
    width < 300 ? [] : [{ box: { x: 100, y: 80, width: 300, height: 400 }, score: 1, landmarks68: madeUpLandmarks() }],
  close: async () => {},
};

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'align-'));
  out = join(folder, 'faces.zip');
});
afterEach(() => rm(folder, { recursive: true }));

const align = (changes: Partial<AlignOrder> = {}) =>
  alignFolder({ folder, out, portrait: { detector, size: 64, faces: 'one' }, ...changes });

async function put(name: string, bytes: Uint8Array | string): Promise<void> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, bytes);
}

const good = await encodeJpeg(checks(500, 500));
const faceless = await encodePng(checks(100, 100));

describe('a folder of photographs', () => {
  it('becomes a ZIP of faces with an index, and says what was skipped', async () => {
    await put('b.jpg', good);
    await put('a/Ünï "quoted", x.jpg', good);
    await put('nobody.png', faceless);
    await put('broken.jpg', good.subarray(0, good.length / 2));
    await put('notes.txt', 'hello');
    await put('.hidden.jpg', good);
    const seen: string[] = [];
    const result = await align({ onProgress: (done, total, file) => seen.push(`${done}/${total} ${file}`) });
    expect(result).toMatchObject({ aligned: 2, left: 0 });
    expect(result.skipped.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'broken.jpg IMAGE_DAMAGED',
      'nobody.png FACE_NO_FACE',
      'notes.txt IMAGE_NOT_RECOGNISED',
    ]);
    expect(seen).toEqual([
      '1/5 a/Ünï "quoted", x.jpg',
      '2/5 b.jpg',
      '3/5 broken.jpg',
      '4/5 nobody.png',
      '5/5 notes.txt',
    ]);

    const files = unzipSync(await readFile(out));
    expect(Object.keys(files)).toEqual(['0000--n-quoted-x.png', '0001-b.png', 'index.csv', 'skipped.csv']);
    expect(strFromU8(files['index.csv']).split('\r\n')).toEqual([
      'file,sampling_weight,original',
      '0000--n-quoted-x.png,1,"a/Ünï ""quoted"", x.jpg"',
      '0001-b.png,1,b.jpg',
      '',
    ]);
    expect(strFromU8(files['skipped.csv'])).toContain('nobody.png,FACE_NO_FACE,');
    const face = await decodeImage({ name: 'face', bytes: files['0001-b.png'] });
    expect(face).toMatchObject({ width: 64, height: 64 });
  });

  it('of a phone becomes its photographs, and the rest is named for what it is', async () => {
    await put('IMG_0001.JPG', good);
    await put('IMG_0001.MOV', Buffer.from('\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'latin1'));
    await put('IMG_0002.AAE', '<?xml version="1.0"?>\n<!DOCTYPE plist>\n<plist version="1.0"></plist>');
    await put('IMG_0003.HEIC', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    for (const name of ['._IMG_0001.JPG', 'Thumbs.db', '@eaDir/IMG_0001.JPG', '__MACOSX/b.jpg', '.thumbs/c.jpg']) {
      await put(name, good);
    }
    const { aligned, skipped } = await align();
    expect(aligned).toBe(1);
    expect(skipped.map(({ file, code }) => `${file} ${code}`)).toEqual([
      'IMG_0001.MOV IMAGE_FORMAT_UNSUPPORTED',
      'IMG_0002.AAE IMAGE_FORMAT_UNSUPPORTED',
      'IMG_0003.HEIC IMAGE_FORMAT_UNSUPPORTED',
    ]);
    expect(skipped.map(({ reason }) => /: (.*?)[,.]/.exec(reason)?.[1])).toEqual([
      'this is a film (QuickTime)',
      'this is a property list',
      'HEIC cannot be read here',
    ]);
  });

  it('is the same ZIP again, and the ZIP in the folder is no photograph', async () => {
    await put('b.jpg', good);
    await align();
    const first = await readFile(out);
    expect(await align()).toMatchObject({ aligned: 1, skipped: [] });
    expect((await readFile(out)).equals(first)).toBe(true);
  });

  it('follows links to files and stands dangling ones', async () => {
    await put('b.jpg', good);
    await symlink(join(folder, 'b.jpg'), join(folder, 'c.jpg'));
    await symlink(join(folder, 'gone.jpg'), join(folder, 'd.jpg'));
    expect(await align()).toMatchObject({ aligned: 2, skipped: [] });
  });

  it('stops when asked, with what was done', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await put(`${name}.jpg`, good);
    const abort = new AbortController();
    const { aligned, left } = await align({ signal: abort.signal, onProgress: () => abort.abort() });
    expect(aligned).toBeGreaterThanOrEqual(1);
    expect(aligned + left).toBe(6);
    expect(left).toBeGreaterThanOrEqual(3);
    expect(Object.keys(unzipSync(await readFile(out)))).toHaveLength(aligned + 2);
  });

  it('leaves no ZIP, and keeps an older one, where it fails', async () => {
    await put('b.jpg', good);
    await put('faces.zip', 'older');
    const broken: FaceDetector = {
      ...detector,
      detect: () => Promise.reject(new FamiliarError('FACE_DETECTOR_FAILED', 'It cannot.')),
    };
    const failing = align({ portrait: { detector: broken, size: 64, faces: 'one' } });
    await expect(failing).rejects.toMatchObject({ code: 'FACE_DETECTOR_FAILED' });
    expect(await readFile(out, 'utf8')).toBe('older');
    expect(await readdir(folder)).toEqual(['b.jpg', 'faces.zip']);
  });

  it.each([
    ['an empty folder', 'ALIGN_NO_FACES', async () => {}, {}],
    ['no face at all', 'ALIGN_NO_FACES', () => put('a.png', faceless), {}],
    ['a missing folder', 'FILE_NOT_FOUND', async () => {}, { folder: '/nowhere/portraits' }],
    ['a ZIP in a missing folder', 'FILE_NOT_FOUND', () => put('a.jpg', good), { out: '/nowhere/faces.zip' }],
  ])('%s is an error in a sentence', async (_name, code, prepare, changes) => {
    await prepare();
    const error = await align(changes).catch((e) => e);
    expect(error).toMatchObject({ code, exitCode: 1 });
    expect(error.message).toMatch(/^\S+: .+\.$/);
  });
});

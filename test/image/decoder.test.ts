import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage, defaultLimits, openImage, previewLimits } from '../../server/image/decode.ts';
import { DecoderProcess } from '../../server/image/decoder.ts';
import { decoderMemory, pixelsWithin } from '../../server/image/decoder-memory.ts';
import { sharp } from '../../server/image/sharp.ts';
import { png } from './png-writer.ts';

let decoder: DecoderProcess;
afterEach(() => decoder.close());

const made = (side: number) => sharp({ create: { width: side, height: side, channels: 3, background: '#486' } });
const file = (bytes: Uint8Array) => ({ name: 'it', bytes });
/** A few hundred kilobytes whose coefficients alone take 294 MB. */
let bomb: Uint8Array;
beforeAll(async () => {
  bomb = await made(7_000).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer();
});

describe('the decoder’s process', () => {
  it('decodes as this process does, bytes and files', async () => {
    decoder = new DecoderProcess();
    const bytes = await sharp(Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * 7) % 256)), {
      raw: { width: 100, height: 100, channels: 3 },
    })
      .png()
      .toBuffer();
    const options = { area: { left: 10, top: 20, width: 60, height: 40 }, within: 30 };
    const expected = await decodeImage(file(bytes), options);
    expect(await decoder.decode(file(bytes), options)).toMatchObject({ width: 30, height: 20 });
    expect(Buffer.from((await decoder.decode(file(bytes), options)).data)).toEqual(Buffer.from(expected.data));

    const folder = await mkdtemp(join(tmpdir(), 'familiar-'));
    const path = join(folder, 'a.png');
    await writeFile(path, bytes);
    const opened = await decoder.open(path);
    expect(opened).toMatchObject({ name: path, width: 100, height: 100 });
    expect(Buffer.from((await opened.read(options)).data)).toEqual(Buffer.from(expected.data));
    await rm(folder, { recursive: true });
  });

  it('says the same of what cannot be decoded', async () => {
    decoder = new DecoderProcess();
    for (const source of [file(new Uint8Array()), file(Buffer.from('no picture at all')), '/there/is/none.jpg']) {
      const expected = await openImage(source).catch((error) => error);
      await expect(decoder.open(source)).rejects.toMatchObject({ code: expected.code, message: expected.message });
    }
  });

  it('refuses large previews by their header', async () => {
    decoder = new DecoderProcess();
    for (let i = 0; i < 12; i++) {
      await expect(decoder.decode(file(bomb), { within: 320 }, previewLimits)).rejects.toMatchObject({
        code: 'IMAGE_TOO_LARGE',
      });
    }
    if (process.platform === 'linux') expect(peakOf(decoder.pid as number)).toBeLessThan(200e6);
    const camera = await made(2_040).jpeg().toBuffer();
    expect(await decoder.decode(file(camera), { within: 320 }, previewLimits)).toMatchObject({ width: 320 });
  });

  it('refuses by the header what needs more memory than there is', async () => {
    decoder = new DecoderProcess({ memory: 300e6 });
    await expect(decoder.open(file(bomb))).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringMatching(/25 megapixels/),
    });
  });

  it('ends where decoding fills its memory all the same, and decodes the next picture', async () => {
    const memory = 400e6;
    const told: (string | null)[] = [];
    decoder = new DecoderProcess({ memory, onTrouble: (reason) => told.push(reason) });
    const small = file(await made(64).png().toBuffer());
    await decoder.decode(small);
    const { pid } = decoder;
    // Interlaced, of four channels of 16 bits, it is held whole and takes more than its pixels promise.
    const side = Math.floor(Math.sqrt(pixelsWithin(memory)));
    const large = await made(side).ensureAlpha().toColourspace('rgb16').png({ progressive: true }).toBuffer();
    await expect(decoder.decode(file(large))).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: expect.stringMatching(/more memory/),
    });
    expect(await decoder.decode(small)).toMatchObject({ width: 64 });
    expect(decoder.pid).not.toBe(pid);
    // The picture is at fault: the decoder works.
    expect(told).toEqual([]);
  });
});

describe('the decoder’s time', () => {
  it('ends also where a picture is small and what stands beside it is not', async () => {
    const told: (string | null)[] = [];
    decoder = new DecoderProcess({ onTrouble: (reason) => told.push(reason) });
    const small = await made(64).png().toBuffer();
    await decoder.decode(file(small));
    const { pid } = decoder;
    // 20 MB of text in 20 kB, 40 times: more than a second of work.
    const text = Buffer.concat([Buffer.from('x\0\0', 'latin1'), deflateSync(Buffer.alloc(20e6))]);
    const chunks = Array(40).fill(['zTXt', text] as const);
    const slow = png({ type: 'rgb', depth: 8, width: 64, height: 64, at: () => 0.5, chunks });
    const limits = { ...previewLimits, maxSeconds: 0 };
    await expect(decoder.decode(file(slow), {}, limits)).rejects.toMatchObject({ code: 'IMAGE_TOO_SLOW' });
    expect(await decoder.decode(file(small))).toMatchObject({ width: 64 });
    expect(decoder.pid).not.toBe(pid);
    expect(told, 'the picture is at fault').toEqual([]);
  });
});

const peakOf = (pid: number): number =>
  1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describe('the decoder’s memory', () => {
  it('leaves most of a small computer to the piece, and takes every photograph on a usual one', () => {
    decoder = new DecoderProcess();
    expect(decoderMemory(2e9)).toBeLessThan(0.7e9);
    expect(pixelsWithin(decoderMemory(2e9))).toBeGreaterThan(50e6);
    expect(pixelsWithin(decoderMemory(8e9))).toBeGreaterThanOrEqual(defaultLimits.maxPixels);
    expect(pixelsWithin(0)).toBe(0);
  });
});

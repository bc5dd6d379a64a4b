import { crc32, deflateSync } from 'node:zlib';

/** Samples a pixel has in each of PNG's colour types. */
const samples = { grey: [0, 1], rgb: [2, 3], 'grey+alpha': [4, 2], rgba: [6, 4] } as const;

export interface PngOrder {
  readonly type: keyof typeof samples;
  readonly depth: 8 | 16;
  readonly width: number;
  readonly height: number;
  /** Sample `channel` of the pixel (x, y), 0..1. */
  readonly at: (x: number, y: number, channel: number) => number;
  readonly profile?: Uint8Array;
  /** A TIFF structure, as an `eXIf` chunk holds it. */
  readonly exif?: Uint8Array;
  readonly chunks?: readonly (readonly [string, Uint8Array])[];
}

export function chunk(type: string, body: Uint8Array): Buffer {
  const data = Buffer.concat([Buffer.from(type, 'latin1'), body]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(body.length, 0);
  ends.writeUInt32BE(crc32(data), 4);
  return Buffer.concat([ends.subarray(0, 4), data, ends.subarray(4)]);
}

/** A PNG written by the standard, not by the library that reads it. */
export function png({ type, depth, width, height, at, profile, exif, chunks = [] }: PngOrder): Buffer {
  const [colourType, channels] = samples[type];
  const bytes = depth / 8;
  const rows = Buffer.alloc(height * (1 + width * channels * bytes));
  let offset = 0;
  for (let y = 0; y < height; y++) {
    offset++;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        rows.writeUIntBE(Math.round(at(x, y, c) * (2 ** depth - 1)), offset, bytes);
        offset += bytes;
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colourType], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(profile ? [chunk('iCCP', Buffer.concat([Buffer.from('test\0\0'), deflateSync(profile)]))] : []),
    ...(exif ? [chunk('eXIf', exif)] : []),
    ...chunks.map(([name, body]) => chunk(name, body)),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

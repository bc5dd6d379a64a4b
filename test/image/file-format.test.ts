import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodeImage, openImage } from '../../server/image/decode.ts';
import { fileFormat } from '../../server/image/image-format.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const ftyp = (major: string, ...others: string[]) =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * others.length)}ftyp${major}\0\0\0\0${others.join('')}`);
const plist = '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
const packets = (start: number, size: number) =>
  Buffer.from(Array.from({ length: 3 * size }, (_, i) => (i % size === start ? 0x47 : 1)));

/** A little-endian TIFF's header and first directory. */
function tiff(tags: readonly (readonly [tag: number, value: number])[]): Buffer {
  const file = Buffer.alloc(14 + 12 * tags.length);
  file.write('II*\0\x08', 'latin1');
  file.writeUInt16LE(tags.length, 8);
  tags.forEach(([tag, value], i) => {
    file.writeUInt16LE(tag, 10 + 12 * i);
    file.writeUInt16LE(4, 12 + 12 * i);
    file.writeUInt32LE(1, 14 + 12 * i);
    file.writeUInt32LE(value, 18 + 12 * i);
  });
  return file;
}

describe('what a file is', () => {
  it.each<[string, Buffer, string | null, 'readable' | 'picture' | 'other']>([
    ['a film of an iPhone', ftyp('qt  ', 'qt  '), 'a film (QuickTime)', 'other'],
    ['an older film', bytes('\0\0\0\x08wide\0\0\0\0mdat'), 'a film (QuickTime)', 'other'],
    ['a film of an Android phone', ftyp('isom', 'mp42'), 'a film (MP4)', 'other'],
    ['a film of an old phone', ftyp('3gp4', '3gp4'), 'a film (MP4)', 'other'],
    ['a voice memo', ftyp('M4A ', 'isom'), 'a sound (M4A)', 'other'],
    ['HEIC', ftyp('heic', 'mif1'), 'HEIC', 'picture'],
    ['HEIC by its second brand', ftyp('mif1', 'heic'), 'HEIC', 'picture'],
    ['AVIF', ftyp('avif', 'mif1'), 'AVIF', 'readable'],
    ['AVIF by its second brand', ftyp('mif1', 'avif'), 'AVIF', 'readable'],
    [
      'edits of an iPhone',
      bytes(`<?xml version="1.0"?>\n${plist}\n<plist>`),
      'a property list, such as a phone keeps of edits (AAE)',
      'other',
    ],
    ['edits in binary', bytes('bplist00'), 'a property list, such as a phone keeps of edits (AAE)', 'other'],
    ['a sidecar', bytes('<x:xmpmeta xmlns:x="adobe:ns:meta/">'), 'an XMP file with notes about a picture', 'other'],
    ['a sidecar in a packet', bytes('<?xpacket begin=""?>'), 'an XMP file with notes about a picture', 'other'],
    ['an SVG after comments', bytes('\xef\xbb\xbf<?xml?>\n<!-- <b> -->\n<svg>'), 'SVG', 'picture'],
    ['another XML', bytes('<?xml version="1.0"?><gpx>'), 'an XML file', 'other'],
    ['an XML of nothing', bytes('<?xml version="1.0"?>'), 'an XML file', 'other'],
    ['a page', bytes('<!DOCTYPE html>\n<html lang="en">'), 'a web page', 'other'],
    ['AppleDouble', bytes('\0\x05\x16\x07\0\x02\0\0Mac OS X'), 'what a Mac notes about another file', 'other'],
    ['.DS_Store', bytes('\0\0\0\x01Bud1\0\0'), 'what a Mac notes about a folder (.DS_Store)', 'other'],
    [
      'Thumbs.db',
      bytes('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
      'a store of thumbnails (Thumbs.db) or an Office document',
      'other',
    ],
    ['AVI', bytes('RIFF\x10\0\0\0AVI LIST'), 'a film (AVI)', 'other'],
    ['WebP', bytes('RIFF\x10\0\0\0WEBPVP8 '), 'WebP', 'readable'],
    ['a transport stream', packets(0, 188), 'a film (AVCHD)', 'other'],
    ['a camera’s transport stream', packets(4, 192), 'a film (AVCHD)', 'other'],
    ['a ZIP', bytes('PK\x03\x04'), 'an archive (ZIP) or a document', 'other'],
    [
      'TIFF',
      tiff([
        [254, 0],
        [262, 2],
      ]),
      'TIFF',
      'readable',
    ],
    [
      'a TIFF that is a thumbnail of nothing',
      tiff([
        [254, 1],
        [262, 2],
      ]),
      'TIFF',
      'readable',
    ],
    [
      'DNG',
      tiff([
        [254, 0],
        [50706, 0x401],
      ]),
      'camera raw (DNG, NEF, ARW...)',
      'picture',
    ],
    [
      'NEF',
      tiff([
        [254, 1],
        [262, 2],
        [330, 900],
      ]),
      'camera raw (DNG, NEF, ARW...)',
      'picture',
    ],
    [
      'a sensor’s values',
      tiff([
        [254, 0],
        [262, 32803],
      ]),
      'camera raw (DNG, NEF, ARW...)',
      'picture',
    ],
    ['BMP', bytes('BM'), 'BMP', 'picture'],
    ['text', bytes('Dear museum'), null, 'other'],
    ['a < and no element', bytes('< 5 >'), null, 'other'],
  ])('%s', (_name, file, name, kind) => {
    expect(fileFormat(file)).toEqual(name === null ? null : { name, kind });
  });

  it('whatever is cut off, there is an answer', () => {
    for (const file of [
      tiff([
        [254, 1],
        [330, 9],
      ]),
      ftyp('qt  ', 'qt  '),
      bytes(plist),
    ]) {
      for (let length = 0; length <= file.length; length++) fileFormat(file.subarray(0, length));
    }
    expect(fileFormat(Buffer.from('MM\0*\xff\xff\xff\xff\0\0', 'latin1'))?.name).toBe('TIFF');
  });

  it('is said of what is no photograph, and of pictures that cannot be read', async () => {
    const sentence = (file: Buffer) => openImage({ name: 'it', bytes: file }).catch(({ message }) => message);
    expect(await sentence(ftyp('qt  '))).toMatch(/^it: this is a film \(QuickTime\), no photograph\. /);
    expect(await sentence(bytes(`<?xml?>${plist}<plist>`))).toMatch(/^it: this is a property list.*AAE.*no photograph/);
    expect(await sentence(ftyp('heic'))).toMatch(/^it: HEIC cannot be read here\. /);
  });
});

describe('pictures that are beyond the decoder', () => {
  const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#963' } });
  /** A JPEG with one byte of its frame header changed. */
  async function jpeg(change: (frame: Buffer) => void): Promise<Buffer> {
    const file = await picture.clone().jpeg().toBuffer();
    change(file.subarray(file.indexOf(Buffer.from([0xff, 0xc0]))));
    return file;
  }
  /** A TIFF with the value of one tag changed. */
  async function tiffWith(tag: number, value: number): Promise<Buffer> {
    const file = await picture.clone().tiff({ compression: 'lzw' }).toBuffer();
    const at = file.readUInt32LE(4);
    for (let i = 0; i < file.readUInt16LE(at); i++) {
      if (file.readUInt16LE(at + 2 + 12 * i) === tag) file.writeUInt16LE(value, at + 10 + 12 * i);
    }
    return file;
  }

  it.each<[string, () => Promise<Buffer>]>([
    ['a JPEG of 12 bits', () => jpeg((frame) => frame.writeUInt8(12, 4))],
    ['a JPEG in a differential process', () => jpeg((frame) => frame.writeUInt8(0xc5, 1))],
    ['a TIFF with JPEG 2000 in it', () => tiffWith(259, 34712)],
    [
      'a TIFF of whole numbers of 32 bits',
      async () => {
        const layout = [
          [256, 8],
          [257, 8],
          [258, 32],
          [259, 1],
          [262, 1],
          [273, 146],
          [277, 1],
          [278, 8],
          [279, 256],
          [339, 1],
        ] as const;
        return Buffer.concat([tiff(layout), Buffer.alloc(12 + 256, 77)]);
      },
    ],
  ])('%s is said to be that', async (_name, make) => {
    const error = await decodeImage({ name: 'it', bytes: await make() }).catch((e) => e);
    expect(error).toMatchObject({
      code: 'IMAGE_FORMAT_UNSUPPORTED',
      message: expect.stringMatching(/^it: .+ cannot be read here\. Save/),
    });
  });
});

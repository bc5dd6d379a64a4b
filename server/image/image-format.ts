import { brands, noPictures, otherPictures, quickTimeBoxes, readablePictures } from './signatures.ts';
import { isCameraRaw } from './tiff-directory.ts';

/** What a file is, told by its first bytes. */
export interface FileFormat {
  /** As a sentence names it: 'JPEG', 'a film (QuickTime)'. */
  readonly name: string;
  /** `readable` pictures are decoded here, `picture` stands for all others; `other` is no picture. */
  readonly kind: 'readable' | 'picture' | 'other';
}

/** As many bytes as any format is told by. */
export const SIGNATURE_BYTES = 4096;

/**
 * Tells a file by its content, whatever its name says: decoders only ever see what they are meant for. Null where the
 * bytes are nothing that is known.
 */
export function fileFormat(start: Uint8Array): FileFormat | null {
  const text = Buffer.from(start.subarray(0, SIGNATURE_BYTES)).toString('latin1');
  const named = (table: readonly (readonly [string, string])[]) => table.find(([begin]) => text.startsWith(begin))?.[1];
  const other = named(otherPictures);
  if (other !== undefined) return { name: other, kind: 'picture' };
  const readable = named(readablePictures);
  if (readable === 'TIFF' && isCameraRaw(start)) return { name: 'camera raw (DNG, NEF, ARW...)', kind: 'picture' };
  if (readable !== undefined) return { name: readable, kind: 'readable' };
  const none = named(noPictures);
  if (none !== undefined) return { name: none, kind: 'other' };
  if (text.startsWith('RIFF')) return riffFormat(text.slice(8, 12));
  if (text.startsWith('ftyp', 4)) return isoFormat(text);
  if (quickTimeBoxes.includes(text.slice(4, 8))) return { name: 'a film (QuickTime)', kind: 'other' };
  if (isTransportStream(text)) return { name: 'a film (AVCHD)', kind: 'other' };
  return markupFormat(text);
}

function riffFormat(type: string): FileFormat | null {
  if (type === 'WEBP') return { name: 'WebP', kind: 'readable' };
  if (type === 'AVI ') return { name: 'a film (AVI)', kind: 'other' };
  return type === 'WAVE' ? { name: 'a sound (WAV)', kind: 'other' } : null;
}

/** A `ftyp` box: 4 bytes of size, 'ftyp', the major brand, 4 bytes of version, compatible brands of 4 bytes each. */
function isoFormat(text: string): FileFormat {
  const size = (text.charCodeAt(2) << 8) | text.charCodeAt(3);
  const major = text.slice(8, 12);
  const compatible: string[] = [];
  for (let at = 16; at + 4 <= Math.min(size, text.length); at += 4) compatible.push(text.slice(at, at + 4));
  const has = (wanted: readonly string[]) => [major, ...compatible].some((brand) => wanted.includes(brand));
  if (has(brands.avif)) return { name: 'AVIF', kind: 'readable' };
  if (has(brands.heic)) return { name: 'HEIC', kind: 'picture' };
  if (major === 'crx ') return { name: 'Canon raw (CR3)', kind: 'picture' };
  if (has(brands.sound)) return { name: 'a sound (M4A)', kind: 'other' };
  return { name: major === 'qt  ' ? 'a film (QuickTime)' : 'a film (MP4)', kind: 'other' };
}

/** Packets of 188 bytes that begin with a G, each after 4 bytes of time code on a camera's card. */
const isTransportStream = (text: string): boolean =>
  [
    [0, 188],
    [4, 192],
  ].some(([first, packet]) => [0, 1, 2].every((i) => text[first + i * packet] === 'G'));

/** XML and HTML, by their first element. */
function markupFormat(text: string): FileFormat | null {
  const body = text.replace(/^(\xef\xbb\xbf)?\s*/, '');
  if (!body.startsWith('<')) return null;
  if (body.startsWith('<?xpacket')) return { name: 'an XMP file with notes about a picture', kind: 'other' };
  const [, element] = /<([a-z][\w:.-]*)/i.exec(body.replace(/<!--[\s\S]*?(-->|$)/g, '')) ?? [];
  switch (element?.toLowerCase()) {
    case undefined:
      return body.startsWith('<?xml') ? { name: 'an XML file', kind: 'other' } : null;
    case 'svg':
    case 'svg:svg':
      return { name: 'SVG', kind: 'picture' };
    case 'html':
      return { name: 'a web page', kind: 'other' };
    case 'plist':
      return { name: 'a property list, such as a phone keeps of edits (AAE)', kind: 'other' };
    case 'x:xmpmeta':
    case 'rdf:rdf':
      return { name: 'an XMP file with notes about a picture', kind: 'other' };
    default:
      return { name: 'an XML file', kind: 'other' };
  }
}

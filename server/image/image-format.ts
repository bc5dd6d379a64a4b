/** What a file says it is with its first bytes. `readable` formats are those that we decode. */
export interface ImageFormat {
  readonly name: string;
  readonly readable: boolean;
}

/** As many bytes as the longest signature needs. */
export const SIGNATURE_BYTES = 64;

/** ISO media brands (ISO/IEC 23008-12): the same container holds AVIF, HEIC and films. */
const avifBrands = ['avif', 'avis'];
const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** Signatures at the file's start, as bytes or ASCII. */
const signatures: readonly (readonly [signature: string, name: string, readable: boolean])[] = [
  ['\xff\xd8\xff', 'JPEG', true],
  ['\x89PNG\r\n\x1a\n', 'PNG', true],
  ['GIF87a', 'GIF', true],
  ['GIF89a', 'GIF', true],
  ['II*\0\x10\0\0\0CR', 'Canon raw (CR2)', false],
  ['II*\0', 'TIFF', true],
  ['MM\0*', 'TIFF', true],
  ['II+\0', 'TIFF', true],
  ['MM\0+', 'TIFF', true],
  ['FUJIFILMCCD-RAW', 'Fujifilm raw (RAF)', false],
  ['IIU\0', 'Panasonic raw (RW2)', false],
  ['IIRO', 'Olympus raw (ORF)', false],
  ['\xff\x0a', 'JPEG XL', false],
  ['\0\0\0\x0cJXL ', 'JPEG XL', false],
  ['\0\0\0\x0cjP  ', 'JPEG 2000', false],
  ['BM', 'BMP', false],
  ['8BPS', 'Photoshop', false],
  ['%PDF', 'PDF', false],
  ['<svg', 'SVG', false],
  ['<?xml', 'SVG', false],
];

/**
 * Tells a picture by its content, whatever its name says: decoders only ever see what they are meant for. Null where the
 * bytes are no known picture.
 */
export function imageFormat(start: Uint8Array): ImageFormat | null {
  const text = String.fromCharCode(...start.subarray(0, SIGNATURE_BYTES));
  const known = signatures.find(([signature]) => text.startsWith(signature));
  if (known !== undefined) return { name: known[1], readable: known[2] };
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return { name: 'WebP', readable: true };
  if (text.startsWith('ftyp', 4)) return isoFormat(text);
  return null;
}

/** A `ftyp` box: 4 bytes of size, 'ftyp', the major brand, 4 bytes of version, compatible brands of 4 bytes each. */
function isoFormat(text: string): ImageFormat {
  const size = (text.charCodeAt(2) << 8) | text.charCodeAt(3);
  const brands: string[] = [text.slice(8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, text.length); at += 4) brands.push(text.slice(at, at + 4));
  if (brands.some((brand) => avifBrands.includes(brand))) return { name: 'AVIF', readable: true };
  if (brands.some((brand) => heicBrands.includes(brand))) return { name: 'HEIC', readable: false };
  if (brands[0] === 'crx ') return { name: 'Canon raw (CR3)', readable: false };
  return { name: 'a film', readable: false };
}

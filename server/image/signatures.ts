/** Beginnings of files, as bytes or ASCII, each with what the file is in a person's words. */
type Signatures = readonly (readonly [beginning: string, name: string])[];

/** Pictures that are decoded here. */
export const readablePictures: Signatures = [
  ['\xff\xd8\xff', 'JPEG'],
  ['\x89PNG\r\n\x1a\n', 'PNG'],
  ['GIF87a', 'GIF'],
  ['GIF89a', 'GIF'],
  ['II*\0', 'TIFF'],
  ['MM\0*', 'TIFF'],
  ['II+\0', 'TIFF'],
  ['MM\0+', 'TIFF'],
];

/** Pictures that are not. */
export const otherPictures: Signatures = [
  ['II*\0\x10\0\0\0CR', 'Canon raw (CR2)'],
  ['FUJIFILMCCD-RAW', 'Fujifilm raw (RAF)'],
  ['IIU\0', 'Panasonic raw (RW2)'],
  ['IIRO', 'Olympus raw (ORF)'],
  ['IIRS', 'Olympus raw (ORF)'],
  ['MMOR', 'Olympus raw (ORF)'],
  ['FOVb', 'Sigma raw (X3F)'],
  ['\0MRM', 'Minolta raw (MRW)'],
  ['\xff\x0a', 'JPEG XL'],
  ['\0\0\0\x0cJXL ', 'JPEG XL'],
  ['\0\0\0\x0cjP  ', 'JPEG 2000'],
  ['\xff\x4f\xff\x51', 'JPEG 2000'],
  ['BM', 'BMP'],
  ['\0\0\x01\0', 'an icon'],
  ['8BPS', 'Photoshop'],
  ['\x76\x2f\x31\x01', 'OpenEXR'],
  ['#?RADIANCE', 'Radiance HDR'],
  ['%PDF', 'PDF'],
  ['%!PS', 'PostScript'],
];

/** What lies beside photographs on phones, cards and disks and is none. */
export const noPictures: Signatures = [
  ['\x1aE\xdf\xa3', 'a film (WebM, Matroska)'],
  ['\0\0\x01\xba', 'a film (MPEG)'],
  ['\0\0\x01\xb3', 'a film (MPEG)'],
  ['\x30\x26\xb2\x75', 'a film or sound (Windows Media)'],
  ['FLV\x01', 'a film (Flash)'],
  ['OggS', 'a film or sound (Ogg)'],
  ['ID3', 'a sound (MP3)'],
  ['\xff\xfb', 'a sound (MP3)'],
  ['fLaC', 'a sound (FLAC)'],
  ['#!AMR', 'a sound (AMR)'],
  ['PK\x03\x04', 'an archive (ZIP) or a document'],
  ['Rar!', 'an archive (RAR)'],
  ["7z\xbc\xaf'\x1c", 'an archive (7z)'],
  ['\x1f\x8b', 'an archive (gzip)'],
  ['bplist', 'a property list, such as a phone keeps of edits (AAE)'],
  ['\0\x05\x16\x07', 'what a Mac notes about another file'],
  ['\0\x05\x16\0', 'what a Mac notes about another file'],
  ['\0\0\0\x01Bud1', 'what a Mac notes about a folder (.DS_Store)'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a store of thumbnails (Thumbs.db) or an Office document'],
];

/** ISO media brands (ISO/IEC 23008-12): the same container holds AVIF, HEIC, films and sounds. */
export const brands = {
  avif: ['avif', 'avis'],
  heic: ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'],
  sound: ['M4A ', 'M4B ', 'M4P '],
} as const;

/** First boxes of QuickTime films that were made before `ftyp` was. */
export const quickTimeBoxes = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot'];

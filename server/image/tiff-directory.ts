const DNG_VERSION = 50706;
const NEW_SUBFILE_TYPE = 254;
const PHOTOMETRIC = 262;
const SUB_DIRECTORIES = 330;
/** Photometric interpretations of sensors' values: colour filter array, and linear raw. */
const SENSOR = [32803, 34892];

/**
 * Whether a TIFF is a camera's raw file (DNG, NEF, ARW, PEF...): most put a thumbnail where others have their picture, and
 * decoders would take that. `start` holds the file's beginning; a directory that lies beyond it counts as none.
 */
export function isCameraRaw(start: Uint8Array): boolean {
  const tags = firstDirectory(start);
  const isThumbnail = ((tags.get(NEW_SUBFILE_TYPE) ?? 0) & 1) === 1;
  return (
    tags.has(DNG_VERSION) || SENSOR.includes(tags.get(PHOTOMETRIC) ?? 0) || (isThumbnail && tags.has(SUB_DIRECTORIES))
  );
}

/** The tags of a classic TIFF's first directory with their values, as far as those fit into the entry. */
function firstDirectory(bytes: Uint8Array): Map<number, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  const tags = new Map<number, number>();
  if (bytes.length < 10) return tags;
  const at = view.getUint32(4, little);
  if (at + 2 > bytes.length) return tags;
  const count = view.getUint16(at, little);
  for (let entry = at + 2, i = 0; i < count && entry + 12 <= bytes.length; entry += 12, i++) {
    const isShort = view.getUint16(entry + 2, little) === 3;
    const value = isShort ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little);
    tags.set(view.getUint16(entry, little), value);
  }
  return tags;
}

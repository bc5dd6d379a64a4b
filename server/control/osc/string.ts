const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the string that begins at an offset: characters, a NUL, and more NULs up to a multiple of four. The last string of
 * a message may lack its NULs.
 *
 * @returns the text, and where the next thing begins
 */
export function readString(bytes: Uint8Array, at: number): readonly [text: string, next: number] {
  const nul = bytes.indexOf(0, at);
  const end = nul < 0 ? bytes.byteLength : nul;
  return [decode(bytes.subarray(at, end)), at + padded(end + 1 - at)];
}

/** A size, rounded up to a multiple of four. */
export const padded = (size: number): number => Math.ceil(size / 4) * 4;

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // Programs that know no UTF-8 send one byte for a character.
    return Buffer.from(bytes).toString('latin1');
  }
}

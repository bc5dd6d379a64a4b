import type { FileHandle } from 'node:fs/promises';

/** Some systems take no more than 2 GiB at once, bytes. */
const mostAtOnce = 1 << 30;

/** Writes all of `bytes`, also where the system takes them in parts: at a byte of the file, or where it stands. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number | null = null): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const length = Math.min(bytes.byteLength - done, mostAtOnce);
    const { bytesWritten } = await file.write(bytes, done, length, position === null ? null : position + done);
    done += bytesWritten;
  }
}

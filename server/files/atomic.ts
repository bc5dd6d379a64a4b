import { randomUUID } from 'node:crypto';
import { lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { fileError } from './errors.ts';
import { writeWhole } from './write-whole.ts';

/** A name left behind by a write that a power cut interrupted; such files may be deleted at any time nobody writes. */
export const isPartialName = (name: string): boolean => /^\..+\.[0-9a-f-]{36}\.partial(\.[^.]+)?$/.test(name);

/**
 * Makes or replaces the file at `path` as one event: `fill` writes a temporary file in the same folder, which is then
 * flushed to the disk and renamed. A reader sees the old file or the new one, never a part; when `fill` fails, the old
 * file stays and the temporary one is removed.
 *
 * The temporary name keeps the extension, since encoders choose their container by it.
 */
export async function replaceFile<T>(path: string, fill: (temporary: string) => Promise<T>): Promise<T> {
  const { name, ext } = parse(path);
  const temporary = join(dirname(path), `.${name}.${randomUUID()}.partial${ext}`);
  let done = false;
  try {
    // Renaming would fail as well, but only after all the work of `fill`.
    const isFolder = await lstat(path)
      .then((stats) => stats.isDirectory())
      .catch(() => false);
    if (isFolder) throw Object.assign(new Error('is a folder'), { code: 'EISDIR', syscall: 'rename' });
    const result = await fill(temporary);
    await flush(temporary);
    await rename(temporary, path);
    done = true;
    await flushFolder(dirname(path));
    return result;
  } catch (cause) {
    // What is not the operating system's refusal is a defect, or the caller's own error.
    throw cause instanceof Error && 'syscall' in cause ? fileError(path, cause) : cause;
  } finally {
    // Where even this fails, what went wrong before is what a person needs to know.
    if (!done) await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Writes a whole file atomically, see `replaceFile`. `mode`: who may read and write it, from its first byte on. */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
  await replaceFile(path, (temporary) => writeFile(temporary, data, { mode }));
}

/**
 * Writes a file atomically from parts made one after the other, so that the whole is never in memory. `mode` as in
 * `writeFileAtomic`.
 */
export async function writeChunksAtomic(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mode = 0o666,
): Promise<void> {
  await replaceFile(path, async (temporary) => {
    const file = await open(temporary, 'wx', mode);
    try {
      for await (const chunk of chunks) await writeWhole(file, chunk);
    } finally {
      await file.close();
    }
  });
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The rename itself reaches the disk with its folder. Windows cannot open folders and needs none of it. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch {
    // Some network file systems refuse to flush folders; the file itself is whole all the same.
  } finally {
    await folder.close();
  }
}

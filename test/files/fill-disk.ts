import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FamiliarError } from '../../server/errors.ts';
import { writeFileAtomic } from '../../server/files/atomic.ts';

/** Run by atomic.test.ts on a disk of 64 kB: replaces a small file by one that is too large, and prints how that ended. */
const path = process.argv[2]!;
await writeFileAtomic(path, 'old');
try {
  await writeFileAtomic(path, new Uint8Array(200_000));
} catch (error) {
  const { code, message } = error as FamiliarError;
  console.log(JSON.stringify({ code, message, left: await readdir(dirname(path)), old: await readFile(path, 'utf8') }));
}

import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FamiliarError } from '../../server/errors.ts';
import { openVideo } from '../../server/media/video-writer.ts';

/**
 * Run by video-writer.test.ts on a disk of a few kilobytes: writes noise to the path given until that fails, and prints
 * what it learnt as JSON.
 */
const path = process.argv[2];
const side = 256;
const noise = () => ({
  width: side,
  height: side,
  data: Uint8Array.from({ length: 3 * side * side }, () => 256 * Math.random()),
});

try {
  const writer = await openVideo(path, { width: side, height: side, fps: 24 });
  for (let i = 0; i < 40; i++) await writer.write(noise());
  await writer.finish();
  console.log(JSON.stringify({ code: 'none' }));
} catch (error) {
  const { code, message } = error as FamiliarError;
  const familiar = error instanceof FamiliarError;
  console.log(JSON.stringify({ familiar, code, message, left: await readdir(dirname(path)) }));
}

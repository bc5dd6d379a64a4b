import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keepSweepingRefused, sweepRefused } from '../../server/camera/refused-photographs.ts';

const hour = 3600 * 1000;

it('keeps refused photographs for a day, however old their files are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  const left = () => readdir(join(folder, 'refused')).catch(() => null);
  await sweepRefused(folder, Date.now());
  expect(await left()).toBeNull();

  await mkdir(join(folder, 'refused'));
  for (const name of ['a.jpg', 'a.jpg.txt']) await writeFile(join(folder, 'refused', name), '');
  await writeFile(join(folder, 'waiting.jpg'), '');
  const old = new Date(Date.now() - 9_000 * hour);
  await utimes(join(folder, 'refused', 'a.jpg'), old, old);
  await sweepRefused(folder, Date.now() + 23 * hour);
  expect(await left()).toEqual(['a.jpg', 'a.jpg.txt']);
  await sweepRefused(folder, Date.now() + 24.1 * hour);
  expect(await left()).toEqual([]);

  // Put there while the clock stood in the future, and at the start, whatever the camera.
  await writeFile(join(folder, 'refused', 'b.jpg'), '');
  const stop = keepSweepingRefused(
    folder,
    () => Date.now() - 25 * hour,
    (message) => expect.unreachable(message),
  );
  await expect.poll(left).toEqual([]);
  stop();
  expect(await readdir(folder)).toEqual(['refused', 'waiting.jpg']);
  await rm(folder, { recursive: true });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { removeScratch, scratch, writeTinyPack } from './tiny-pack.ts';

const mount = (line: string): string[] => ['-rm', 'sh', '-ec', line];
const isPossible = spawnSync('unshare', mount('mount -t tmpfs none /mnt')).status === 0;
if (!isPossible) console.log('skipped: a full disk, since this system lets nobody mount one (unshare)');

describe.skipIf(!isPossible)('a disk that is full at the end of a becoming', () => {
  it('is said, closes nothing, and is over once the face is saved, which gets its film', async () => {
    const folder = await scratch();
    const pack = await writeTinyPack(await scratch());
    const script = fileURLToPath(new URL('fill-disk.ts', import.meta.url));
    const line = `mount -t tmpfs -o size=2m none ${folder}; exec "$0" --import tsx ${script} ${pack} ${folder}`;
    try {
      const output = execFileSync('unshare', [...mount(line), process.execPath], { encoding: 'utf8' });
      expect(JSON.parse(output)).toEqual({
        levels: ['good'],
        finish: 'DISK_FULL',
        full: expect.stringMatching(/the disk is full\. Make room/),
        saved: '',
        faces: 1,
        problems: [expect.stringMatching(/journal: the disk is full\. Make room/)],
        files: { journal: false, video: true },
      });
    } finally {
      await removeScratch(folder);
      await removeScratch(pack);
    }
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const mount = (line: string): string[] => ['-rm', 'sh', '-ec', line];
const isPossible = spawnSync('unshare', mount('mount -t tmpfs none /mnt')).status === 0;
if (!isPossible) console.log('skipped: a full disk, since this system lets nobody mount one (unshare)');

describe.skipIf(!isPossible)('a full disk', () => {
  it('is said in words, and takes no face away', () => {
    const folder = mkdtempSync(join(tmpdir(), 'familiar-'));
    const script = fileURLToPath(new URL('fill-disk.ts', import.meta.url));
    const line = `mount -t tmpfs -o size=300k none ${folder}; exec "$0" --import tsx ${script} ${folder}`;
    try {
      const output = execFileSync('unshare', [...mount(line), process.execPath], { encoding: 'utf8' });
      const { steps, failures, ...rest } = JSON.parse(output);
      expect(new Set(steps)).toEqual(new Set([null, 'DISK_FULL']));
      expect(failures).toEqual({
        step: expect.stringMatching(/journal: the disk is full\. Make room/),
        finish: 'DISK_FULL',
        begin: 'DISK_FULL',
        room: 'DISK_FULL',
        refusal: expect.stringMatching(/No face can be begun.*the disk is full/),
        roomLater: '',
      });
      // The last step, though the journal has an earlier one at its end.
      expect(rest).toEqual({ kept: 19, faces: 1, problems: [] });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each([
    ['becomes', null],
    ['held', 'DISK_FULL'],
  ])('keeps nobody who is deleted while the next face is: %s', (how, finish) => {
    const folders = ['disk-', 'copy-'].map((name) => mkdtempSync(join(tmpdir(), `familiar-${name}`)));
    const script = fileURLToPath(new URL('forget-full-disk.ts', import.meta.url));
    const line = `mount -t tmpfs -o size=600k none ${folders[0]}; exec "$0" --import tsx ${script} ${folders.join(' ')} ${how}`;
    try {
      const output = execFileSync('unshare', [...mount(line), process.execPath], { encoding: 'utf8' });
      // Its newest step that the disk took, and nothing before it, which shows the deleted face.
      const expected = { step: 'DISK_FULL', finish, isForgotten: true, latents: [207], kept: 207, film: null };
      expect(JSON.parse(output)).toEqual(expected);
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  });
});

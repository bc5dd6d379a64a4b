import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it.skipIf(process.platform === 'win32')('lists and deletes faces that cannot be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'familiar-unreadable-'));
  const script = fileURLToPath(new URL('unreadable-faces.ts', import.meta.url));
  try {
    const output = execFileSync(process.execPath, ['--import', 'tsx', script, folder], { encoding: 'utf8' });
    const { ids, listed, shown, byCode, answers, after, problems, left } = JSON.parse(output);
    expect(listed).toEqual([0, 1, 2].map((i) => ({ id: ids[i], visitor: i + 1 })));
    expect(shown).toEqual([4]);
    // The index still knows whose it is.
    expect(byCode).toBe(ids[1]);
    expect(answers).toEqual([true, true, true]);
    expect(after).toEqual([]);
    expect(problems).toEqual([]);
    expect(left).toEqual([ids[3]]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

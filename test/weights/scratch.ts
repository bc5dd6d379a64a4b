import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';

/** A folder for one test file, gone when its tests are over. */
export function scratchFolder(): { readonly folder: string; file(name: string, data: string | Uint8Array): string } {
  const folder = mkdtempSync(join(tmpdir(), 'weights-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    file(name, data) {
      const path = join(folder, name);
      writeFileSync(path, data);
      return path;
    },
  };
}

/** The FamiliarError that `run` ends with; anything else that happens fails the test. */
export function refusal(run: () => unknown): FamiliarError {
  try {
    run();
  } catch (error) {
    if (error instanceof FamiliarError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

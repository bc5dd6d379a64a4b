import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const configFile = fileURLToPath(new URL('../../vite.config.ts', import.meta.url));

/** Builds the pages as `npm run build` does, but into a folder of their own (for the caller to delete). */
export async function buildPages(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'familiar-faces-pages-'));
  await build({ configFile, logLevel: 'warn', build: { outDir } });
  return outDir;
}

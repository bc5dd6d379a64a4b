import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json, wherever the code runs from: sources or dist/. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
})();

/** What is worth remembering from one start to the next, and costs only time where it is lost. */
export const cacheFolder: string = join(packageRoot, '.cache');

/** The face pack that ships with the project. */
export const defaultPack: string = join(packageRoot, 'models', 'default');

/** A pack by its name in models/, or by its path as seen from a folder. */
export function packFolder(pack: string, from: string): string {
  const named = join(packageRoot, 'models', pack);
  return /^[\w-]+$/.test(pack) && existsSync(named) ? named : resolve(from, pack);
}

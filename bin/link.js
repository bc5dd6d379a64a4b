// Puts `familiar-faces` among the project's own commands, so that `npx familiar-faces` finds it at once instead of
// installing a copy of the project into npm's cache first. Windows cannot link without rights: npx takes the long way.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (process.platform !== 'win32') {
  const folder = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  rmSync(`${folder}familiar-faces`, { force: true });
  symlinkSync('../../bin/familiar-faces.js', `${folder}familiar-faces`);
}

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { FamiliarError } from '../errors.ts';
import { routes } from '../protocol/routes.ts';
import type { Answer } from './answer.ts';
import { plainTemplate } from './plain-page.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
};

const documents: Readonly<Record<string, string>> = {
  [routes.display]: 'display/index.html',
  [routes.visitor]: 'controller/visitor/index.html',
  [routes.curator]: 'controller/curator/index.html',
  [plainTemplate]: 'controller/plain/index.html',
};

/**
 * The built pages, read once into memory (2 MB): nothing a browser asks for ever becomes a path on this disk.
 * Throws PAGES_MISSING where they were not built.
 */
export function loadPages(folder: string): (path: string) => Answer | undefined {
  const answers = new Map<string, Answer>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    throw missing(folder);
  }
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const path = relative(folder, join(folder, name)).split(sep).join('/');
    const body = readFileSync(join(folder, name));
    // Built assets carry a hash of their content in their names; documents do not.
    answers.set(`/${path}`, {
      status: 200,
      type,
      body,
      cache: path.startsWith('assets/') ? 'immutable' : 'revalidate',
    });
  }
  for (const [route, document] of Object.entries(documents)) {
    const answer = answers.get(`/${document}`);
    if (answer === undefined) throw missing(folder);
    answers.set(route, answer);
    if (route !== '/') answers.set(`${route}/`, answer);
  }
  // Known by their routes alone: rules for a route would not hold for a second address of the same page.
  for (const path of [...answers.keys()].filter((known) => known.endsWith('.html'))) answers.delete(path);
  return (path) => answers.get(path);
}

const missing = (folder: string): FamiliarError =>
  new FamiliarError('PAGES_MISSING', `The pages in ${folder} are missing. Run 'npm run build'.`);

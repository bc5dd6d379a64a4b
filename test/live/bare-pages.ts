import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../server/paths.ts';

/** Writes pages with nothing on them, and the receipt as it is; returns their folder, in `folder`. */
export async function writeBarePages(folder: string): Promise<string> {
  const pages = join(folder, 'pages');
  for (const page of ['display', 'controller/visitor', 'controller/curator']) {
    await mkdir(join(pages, page), { recursive: true });
    await writeFile(join(pages, page, 'index.html'), `<title>${page}</title>`);
  }
  await cp(join(packageRoot, 'controller/plain'), join(pages, 'controller/plain'), { recursive: true });
  return pages;
}

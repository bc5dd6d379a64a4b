import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { layouts } from '../../server/networks/import/layouts.ts';
import { recognise } from '../../server/networks/import/recognise.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { hasReference, referencePath, sharedPath } from '../reference.ts';
import { referenceFiles } from './reference-problem.ts';

const path = new URL('../../docs/public-networks.md', import.meta.url);

const table = (): string => {
  const rows = Object.values(layouts).map(({ title, code, mark }) => `| ${title} | ${code} | \`${mark}\` |`);
  return ['| an import says | written by | told by the tensor |', '|---|---|---|', ...rows].join('\n');
};

it('docs/public-networks.md lists exactly the layouts that are read', () => {
  const [, listed] = /<!-- layouts -->\n([\s\S]*?)\n?<!-- \/layouts -->/.exec(readFileSync(path, 'utf8')) ?? [];
  expect(listed).toBe(table());
});

it.skipIf(!hasReference)('each layout but one is read from a real file, and nothing says NaN', () => {
  const inputs = ['basicsr.pth', 'stylegan3-state-dict/stylegan3-r-32.safetensors'].map((name) =>
    sharedPath(`inputs/${name}`),
  );
  const titles = [...referenceFiles.map(([name]) => referencePath(name)), ...inputs].map((file) => {
    const opened = openWeights(file);
    const { title, notes, settings } = recognise(opened)!;
    opened.close();
    expect(`${title} ${notes} ${JSON.stringify(settings)}`).not.toMatch(/NaN|undefined|Infinity/);
    return title.replace(/, \d+ x \d+ pixels$/, '');
  });
  // GFPGAN's is held to PyTorch's pictures in basicsr.test.ts.
  const expected = Object.values(layouts)
    .map(({ title }) => title)
    .filter((title) => title !== layouts.gfpgan.title);
  expect([...new Set(titles)].sort()).toEqual([...expected].sort());
});

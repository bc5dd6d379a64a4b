import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { listPortraits } from '../../server/cli/portraits.ts';

const folder = mkdtempSync(join(tmpdir(), 'familiar-portraits-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);

it('takes a folder for the photographs in it, in the order of counting', async () => {
  mkdirSync(at('people', 'older'), { recursive: true });
  for (const name of ['10.jpg', '2.jpg', 'Anna.PNG', 'notes.txt', '.DS_Store', 'Thumbs.db', '3.jpg.part']) {
    writeFileSync(at('people', name), '');
  }
  writeFileSync(at('people', 'older', '1.jpg'), '');
  const { portraits, found } = await listPortraits(['first.jpg', at('people'), 'last.jpg', at('people', '2.jpg')]);
  expect(portraits).toEqual([
    'first.jpg',
    at('people', '2.jpg'),
    at('people', '10.jpg'),
    at('people', 'Anna.PNG'),
    at('people', 'notes.txt'),
    'last.jpg',
    at('people', '2.jpg'),
  ]);
  // What was named as well must be a portrait.
  expect([...found]).toEqual([at('people', '10.jpg'), at('people', 'Anna.PNG'), at('people', 'notes.txt')]);
});

it('leaves what is no folder to who opens it, and refuses a folder of nothing', async () => {
  writeFileSync(at('a.jpg'), '');
  expect((await listPortraits([at('a.jpg'), at('absent.jpg')])).portraits).toEqual([at('a.jpg'), at('absent.jpg')]);
  mkdirSync(at('empty'));
  await expect(listPortraits([at('empty')])).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringMatching(/no photograph/),
  });
});

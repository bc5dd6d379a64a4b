import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeOnnxTraces, type TracePlaces } from '../../server/runtime/onnx-telemetry.ts';
import { computeIn, Home } from './home.ts';

let home: Home;
beforeEach(() => {
  home = new Home();
});
afterEach(() => rmSync(home.folder, { recursive: true }));

const isLinux = process.platform === 'linux';
if (!isLinux) console.log('skipped: what ONNX Runtime leaves on disk, which is known for Linux only');

describe.skipIf(!isLinux)('ONNX Runtime', () => {
  it('leaves no device id, event or log behind, whatever the environment says', () => {
    expect(computeIn(home, 'guarded')).toBe('onnxruntime cpu');
    expect(computeIn(home, 'guarded', { ORT_DISABLE_TELEMETRY: '0' })).toBe('onnxruntime cpu');
    expect(home.files()).toEqual([]);
  });

  it('would leave them by itself, and all of them are removed', async () => {
    computeIn(home, 'bare');
    const store = '.cache/Microsoft/DeveloperTools/.onnxruntime';
    expect(home.files()).toEqual(
      expect.arrayContaining([
        `${store}/deviceid`,
        `${store}/onnxruntime.db`,
        expect.stringMatching(/^tmp\/mat-debug-/),
      ]),
    );
    await removeOnnxTraces(places());
    expect(home.files()).toEqual([]);
    expect(existsSync(join(home.folder, '.cache/Microsoft'))).toBe(false);
  });
});

const places = (more: Partial<TracePlaces> = {}): TracePlaces => ({
  store: join(home.folder, '.cache/Microsoft/DeveloperTools/.onnxruntime'),
  temporary: home.temporary,
  user: process.getuid?.(),
  isRunning: () => false,
  ...more,
});

describe('what earlier starts left', () => {
  const session = '1796081635877\neb69023b-fcdd-4f67-3113-16adccef6a99\n';
  const others = {
    'tmp/mat-debug-7.log': 'words',
    'tmp/mat-debug-8.log.txt': '',
    'tmp/9.log': '',
    'tmp/.ses': 'a file of another program',
    '.cache/Microsoft/other': 'x',
  };
  const write = (files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(home.folder, name, '..'), { recursive: true });
      writeFileSync(join(home.folder, name), text);
    }
  };
  const store = { '.cache/Microsoft/DeveloperTools/.onnxruntime/deviceid': 'x' };

  it('is removed, and nothing that another program may have made', async () => {
    write({ ...store, ...others, 'tmp/mat-debug-1.log': '' });
    symlinkSync('9.log', join(home.temporary, 'mat-debug-2.log'));
    mkdirSync(join(home.temporary, 'mat-debug-3.log'));
    expect(await removeOnnxTraces(places())).toHaveLength(2);
    expect(home.files()).toEqual([...Object.keys(others), 'tmp/mat-debug-2.log'].sort());
    write({ ...store, 'tmp/.ses': session });
    expect(await removeOnnxTraces(places())).toHaveLength(2);
    expect(existsSync(join(home.temporary, '.ses'))).toBe(false);
  });

  it('stays where a program still runs, is another user’s, or where this telemetry never ran', async () => {
    write({ ...store, 'tmp/mat-debug-1.log': '', 'tmp/.ses': session });
    expect(await removeOnnxTraces(places({ isRunning: (id) => id === 1, user: -1 }))).toHaveLength(1);
    write(store);
    expect(await removeOnnxTraces(places({ isRunning: (id) => id === 1 }))).toHaveLength(2);
    expect(home.files()).toEqual(['tmp/mat-debug-1.log']);
    expect(await removeOnnxTraces(places())).toEqual([]);
    expect(home.files()).toEqual(['tmp/mat-debug-1.log']);
  });
});

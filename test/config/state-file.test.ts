import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyState, openStateFile } from '../../server/config/state-file.ts';
import { identityMapping } from '../../server/protocol/mapping.ts';

describe('the state file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'state-'));
    file = join(folder, 'inner', 'state.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const silent = { onProblem: (message: string) => expect.unreachable(message) };

  it('remembers over a restart', async () => {
    const first = await openStateFile(file, silent);
    expect(first.state).toEqual(emptyState());
    first.update({ visitors: 3, live: { pace: { value: 30, over: 60 } } });
    first.update({ mappings: { left: identityMapping } });
    await first.flush();
    const second = await openStateFile(file, silent);
    expect(second.problem).toBeNull();
    expect(second.state).toEqual({
      ...emptyState(),
      visitors: 3,
      live: { pace: { value: 30, over: 60 } },
      mappings: { left: identityMapping },
    });
  });

  it('gathers changes into one write, and leaves nothing half-written beside it', async () => {
    const state = await openStateFile(file, { ...silent, delay: 20 });
    for (let visitors = 1; visitors <= 500; visitors++) state.update({ visitors });
    expect(await readdir(folder)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await state.flush();
    expect(JSON.parse(await readFile(file, 'utf8')).visitors).toBe(500);
    expect(await readdir(join(folder, 'inner'))).toEqual(['state.json']);
  });

  it('that is damaged is put aside, not fatal', async () => {
    await mkdir(join(folder, 'inner'));
    const whole = JSON.stringify({ ...emptyState(), visitors: 9 });
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
        await writeFile(file, whole.slice(0, length));
        const state = await openStateFile(file, { ...silent, now: () => 42 });
        expect(state.state).toEqual(emptyState());
        expect(state.problem).toContain('damaged');
        expect(await readFile(`${file}.damaged-42`, 'utf8')).toBe(whole.slice(0, length));
      }),
      { numRuns: 20 },
    );
    for (const wrong of ['{"version": 2}', '[]', JSON.stringify({ ...emptyState(), mappings: { left: {} } })]) {
      await writeFile(file, wrong);
      expect((await openStateFile(file, silent)).problem).toContain('damaged');
    }
  });

  it('that is wrong in places loses only these, says which, and keeps the rest at once', async () => {
    const preset = { name: 'Evening', savedAt: 1, values: { hold: 20 } };
    const right = {
      ...emptyState(),
      live: { pace: { value: 30, over: 60 } },
      presets: [preset],
      mappings: { left: identityMapping },
      visitors: 7,
      pin: '123456',
    };
    const wrong = JSON.stringify({
      ...right,
      live: { hold: 20, ...right.live },
      presets: [{ ...preset, name: 'Night', values: { hold: [] } }, 3, preset],
      mappings: { middle: {}, ...right.mappings, right: { ...identityMapping, brightness: 9 } },
      visitors: -1,
      colour: 'red',
    });
    await mkdir(join(folder, 'inner'));
    await writeFile(file, wrong);
    const opened = await openStateFile(file, { ...silent, now: () => 42 });
    expect(opened.state).toEqual({ ...right, visitors: 0 });
    expect(opened.problem).toBe(
      `${file} is damaged in part; it was put aside as ${file}.damaged-42. ` +
        'Lost is colour, live.hold, presets.Night, presets.1, mappings.middle, mappings.right, visitors; ' +
        'everything else is kept.',
    );
    expect(await readFile(`${file}.damaged-42`, 'utf8')).toBe(wrong);
    const again = await openStateFile(file, silent);
    expect(again).toMatchObject({ problem: null, state: opened.state });
  });

  it('of whatever kind is never fatal', async () => {
    await mkdir(join(folder, 'inner'));
    const parts = fc.constantFrom('version', 'live', 'presets', 'mappings', 'visitors', 'pin', '__proto__', 'name');
    const value = fc.oneof(fc.jsonValue(), fc.dictionary(parts, fc.jsonValue()), fc.array(fc.jsonValue()));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(parts, value), async (state) => {
        await writeFile(file, JSON.stringify({ ...state, version: 1, pin: '1234' }));
        const opened = await openStateFile(file, silent);
        expect(opened.state).toMatchObject({ version: 1, pin: '1234' });
        expect((await openStateFile(file, silent)).state).toEqual(opened.state);
      }),
      { numRuns: 100 },
    );
  });

  it('that cannot be written is said, and tried again', async () => {
    await writeFile(join(folder, 'inner'), 'a file where a folder should be');
    const problems: string[] = [];
    const state = await openStateFile(file, { delay: 1, onProblem: (message) => problems.push(message) });
    state.update({ visitors: 1 });
    await state.flush();
    expect(problems).toHaveLength(1);
    await rm(join(folder, 'inner'));
    await state.flush();
    expect(JSON.parse(await readFile(file, 'utf8')).visitors).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('is for nobody else to read, also one of an earlier version', async () => {
    const mode = async () => (await stat(file)).mode & 0o777;
    const first = await openStateFile(file, silent);
    first.update({ pin: '123456' });
    await first.flush();
    expect(await mode()).toBe(0o600);
    await chmod(file, 0o644);
    expect((await openStateFile(file, silent)).state.pin).toBe('123456');
    expect(await mode()).toBe(0o600);
  });

  it('that the disk does not give out stays where it is, is said, and is not written over', async () => {
    // Whoever runs the tests may be allowed every file, but none reads a folder as one.
    await mkdir(file, { recursive: true });
    const opened = await openStateFile(file, silent);
    expect(opened.state).toEqual(emptyState());
    expect(opened.problem).toMatch(/state\.json: this is a folder.*stays as it is.*installation\.yaml/);
    opened.update({ visitors: 4 });
    await opened.flush();
    expect(opened.state.visitors).toBe(4);
    expect(await readdir(join(folder, 'inner'))).toEqual(['state.json']);
  });
});

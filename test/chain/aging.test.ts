import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jumpFrom, olderThan } from '../../server/chain/aging.ts';
import { type Chain, openChain } from '../../server/chain/chain.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

const day = 24 * 3600 * 1000;
const start = Date.UTC(2026, 10, 30);

describe('the age of faces', () => {
  const old = (days: number[], today: number) =>
    olderThan(
      days.map((d) => ({ at: start + d * day })),
      start + (today - 10) * day,
      start + today * day,
    ).map(({ at }) => Math.round((at - start) / day));

  it.each<[string, number[], number, number[]]>([
    ['is that of their times', [0, 5, 9, 12], 20, [0, 5, 9]],
    ['is not that of a clock that stood in the past', [0, 12, -20_000, 13], 20, [0]],
    ['is that of the face before where it is from the future', [0, 5_000, 12], 20, [0, 5_000]],
    ['is none where all are from the future', [5_000, 5_001], 20, []],
  ])('%s', (_, days, today, expected) => expect(old(days, today)).toEqual(expected));

  it.each<[string, number | null, number | null, number, number | null]>([
    ['the next hour', 100, 100, 100.04, null],
    ['a month without a visitor', 130, 100, 131, null],
    ['a closed month', 100, 100, 130, null],
    ['fifteen years', 100, 100, 100 + 15 * 365, 100],
    ['fifteen years, in a chain of before this was kept', null, 100, 100 + 15 * 365, 100],
    ['an empty chain', null, null, 20_000, null],
    ['a last run in the future, which was wrong', 9_000, 100, 200, 100],
    ['a clock that went back', 9_000, 100, 110, null],
  ])('is believed or not: %s', (_, ...days) => {
    const [lastRun, newest, now, expected] = days.map((days) => days && days * day);
    expect(jumpFrom(lastRun, newest, now as number)).toBe(expected);
  });
});

describe('a chain whose clock jumps', () => {
  let folder: string;
  let chain: Chain;
  let now = start;
  const open = async () => {
    chain = await openChain({ folder, keepPortraits: false, forgetAfter: 90, now: () => now });
  };
  const again = async (at: number) => {
    now = at;
    await chain.close();
    await open();
  };
  beforeEach(async () => {
    now = start;
    folder = await mkdtemp(join(tmpdir(), 'familiar-'));
    await open();
    const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3 };
    for (const visitor of [1, 2]) {
      const { record } = await chain.begin(orderOf(visitor, picture(visitor), 10), pack, null);
      for (const step of [0, 1]) {
        await record.append({ step, done: step, loss: 1, likeness: 0, ws: new Float32Array(6), noise: null });
      }
      await chain.finish(record, picture(visitor), 'arrived');
      now += day;
    }
  });
  afterEach(async () => {
    await chain.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('deletes nothing before the curator has said that the date is right', async () => {
    const future = start + 15 * 365 * day;
    await again(future);
    expect(chain.faces).toHaveLength(2);
    expect(chain.clockJump).toMatchObject({ to: future, faces: 2 });
    expect(chain.problems).toEqual([expect.stringMatching(/says 2041-11-26.*last ran on 2026-1[12]-\d\d.*2 faces/)]);
    // Nor does a day of running on, and a start after it.
    await again(future + day);
    expect(chain.faces).toHaveLength(2);
    expect(await chain.confirmClock()).toBe(true);
    expect(chain.faces).toEqual([]);
    expect(chain.clockJump).toBeNull();
    expect(await chain.confirmClock()).toBe(false);
  });

  it('goes on as before where the clock is set right again', async () => {
    await again(start + 15 * 365 * day);
    await again(start + 3 * day);
    expect(chain.clockJump).toBeNull();
    expect(chain.faces).toHaveLength(2);
  });

  it('asks nothing while it runs from day to day', async () => {
    for (let d = 2; d <= 100; d += 20) await again(start + d * day);
    expect(chain.clockJump).toBeNull();
    // The first is 90 days old by now, and the second nearly.
    await again(start + 90.5 * day);
    expect(chain.faces.map(({ visitor }) => visitor)).toEqual([2]);
    expect(JSON.parse(await readFile(join(folder, 'clock.json'), 'utf8'))).toEqual({ at: start + 90.5 * day });
  });

  it('asks while it runs as well', async () => {
    now = start + 15 * 365 * day;
    await chain.forgetOld();
    expect(chain.faces).toHaveLength(2);
    expect(chain.clockJump).not.toBeNull();
    now = start + 3 * day;
    await chain.forgetOld();
    expect(chain.clockJump).toBeNull();
  });
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { type PictureSample, PictureWatch } from '../../server/camera/picture-watch.ts';

/** As installation.yaml has it (`troubleAfter`), and as often as the drivers look. */
const patience = 2_000;
const lookEvery = 250;

/** When a camera's trouble is noticed, ms after it begins at 10 s; pictures come 8 times a second. */
function noticed(
  after: (at: number) => PictureSample | null,
  openedAt = 0,
): { trouble: string; within: number } | null {
  const watch = new PictureWatch(patience, openedAt);
  const begun = 10_000;
  for (let now = openedAt; now < 20_000; now += 5) {
    if (now % 125 === 0) {
      const sample = now <= begun ? { digest: now, bright: 180 } : after(now);
      if (sample) watch.see(now, sample);
    }
    const trouble = now % lookEvery === 0 ? watch.trouble(now) : null;
    if (trouble) return { trouble, within: now - begun };
  }
  return null;
}

describe('a camera that', () => {
  it.each([
    ['is unplugged', 'silent', () => null],
    ['freezes', 'frozen', () => ({ digest: 7, bright: 180 })],
    ['is covered, and still makes noise', 'black', (at: number) => ({ digest: at, bright: 16 })],
    ['is covered and makes no noise', 'black', () => ({ digest: 7, bright: 0 })],
  ] as const)('%s is noticed within 3 s', (_, trouble, after) => {
    const found = noticed(after as (at: number) => PictureSample | null);
    expect(found?.trouble).toBe(trouble);
    // Half a second is left for looking at a picture, and for the way to the page.
    expect(found?.within).toBeLessThanOrEqual(2_500);
  });

  it('works, in a dark room too, is left alone', () => {
    expect(noticed((at) => ({ digest: at, bright: 30 }))).toBeNull();
    // Two equal pictures in a row are no hanging camera.
    expect(noticed((at) => ({ digest: Math.floor(at / 500), bright: 180 }))).toBeNull();
  });

  it('takes its time to open is given it, but not to show something once it is open', () => {
    const watch = new PictureWatch(patience, 4_000);
    expect(watch.trouble(4_000 + patience)).toBeNull();
    expect(watch.trouble(4_001 + patience)).toBe('silent');
    const covered = new PictureWatch(patience, 4_000);
    for (let now = 500; now <= 3_500; now += 125) covered.see(now, { digest: now, bright: 10 });
    expect(covered.trouble(3_500)).toBe('black');
  });

  it('is looked at late is not blamed for it', () => {
    const watch = new PictureWatch(patience, 0);
    watch.see(0, { digest: 1, bright: 180 });
    // Pictures come, but the machine is too busy to look at any of them.
    for (let now = 125; now <= 6_000; now += 125) watch.see(now);
    expect(watch.trouble(6_000)).toBeNull();
    watch.see(6_010, { digest: 2, bright: 5 });
    expect(watch.trouble(6_020)).toBeNull();
    watch.see(6_310, { digest: 2, bright: 180 });
    expect(watch.trouble(6_320)).toBeNull();
  });

  it('comes back is good at once', () => {
    const watch = new PictureWatch(patience, 0);
    watch.see(100, { digest: 1, bright: 180 });
    expect(watch.trouble(9_000)).toBe('silent');
    watch.see(9_010, { digest: 2, bright: 180 });
    expect(watch.trouble(9_020)).toBeNull();
  });

  it('tells its rate over the last two seconds', () => {
    const watch = new PictureWatch(patience, 0);
    expect(watch.fps(0)).toBeNull();
    for (let now = 0; now <= 5_000; now += 50) watch.see(now);
    expect(watch.fps(5_000)).toBeCloseTo(20.5, 1);
    expect(watch.fps(9_000)).toBeNull();
  });

  it('runs for a day takes no more memory than at first, though nobody asks for its rate', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const watch = new PictureWatch(patience, 0);
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let picture = 0; picture < 2_000_000; picture++) watch.see(40 * picture);
    collect();
    // Their times alone would be 16 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4e6);
    expect(watch.fps(80_000_000)).toBeCloseTo(25, 0);
  });
});

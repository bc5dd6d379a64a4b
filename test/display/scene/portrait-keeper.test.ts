import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PortraitKeeper } from '../../../display/scene/portrait-keeper.ts';

function setUp() {
  const pending: { url: string; finish: () => void; fail: () => void }[] = [];
  const open = new Set<string>();
  const shown: (string | null)[] = [];
  const keeper = new PortraitKeeper(
    (url) =>
      new Promise((resolve, reject) => {
        const bitmap = { url, close: () => open.delete(url) } as unknown as ImageBitmap;
        const finish = () => {
          open.add(url);
          resolve(bitmap);
        };
        pending.push({ url, finish, fail: () => reject(new Error('404')) });
      }),
    (bitmap) => shown.push(bitmap && (bitmap as unknown as { url: string }).url),
  );
  return { keeper, pending, open, shown };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the photograph beside the face', () => {
  it('is loaded once, kept while it fades, and let go of afterwards', async () => {
    const { keeper, pending, open, shown } = setUp();
    keeper.want('/portrait/a');
    keeper.want('/portrait/a');
    keeper.fadedOut();
    expect(keeper.isReady).toBe(false);
    pending[0].finish();
    await settle();
    expect(keeper.isReady).toBe(true);
    keeper.fadedOut();
    expect(open.size).toBe(1);
    keeper.want(null);
    expect(keeper.isReady).toBe(false);
    expect(open.size).toBe(1);
    keeper.fadedOut();
    expect(open.size).toBe(0);
    expect(shown).toEqual(['/portrait/a', null]);
    expect(pending).toHaveLength(1);
  });

  it('is never one visitor’s beside another’s face', async () => {
    const { keeper, pending, open, shown } = setUp();
    keeper.want('/portrait/a');
    pending[0].finish();
    await settle();
    keeper.want('/portrait/b');
    expect(keeper.isReady).toBe(false);
    expect(open.size).toBe(0);
    expect(shown).toEqual(['/portrait/a', null]);
    keeper.want('/portrait/c');
    pending[1].finish();
    await settle();
    expect(keeper.isReady).toBe(false);
    expect(open.size).toBe(0);
  });

  it('is tried again where it fails, for as long as it is wanted', async () => {
    const { keeper, pending } = setUp();
    keeper.want('/portrait/a');
    for (let tries = 0; tries < 3; tries++) {
      pending[tries].fail();
      await vi.advanceTimersByTimeAsync(2_000);
    }
    expect(pending).toHaveLength(4);
    keeper.want(null);
    pending[3].fail();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(pending).toHaveLength(4);
  });

  it('comes again on a screen that lost it', async () => {
    const { keeper, pending, shown } = setUp();
    keeper.repeat();
    keeper.want('/portrait/a');
    pending[0].finish();
    await settle();
    keeper.repeat();
    expect(shown).toEqual(['/portrait/a', '/portrait/a']);
  });
});

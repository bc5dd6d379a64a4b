import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ThumbnailLoader } from '../../../display/attract/thumbnail-loader.ts';

/** A server that answers when told. */
function setUp() {
  const pending = new Map<string, { finish: () => void; fail: () => void; signal: AbortSignal }>();
  const asked: string[] = [];
  const delivered: string[] = [];
  let open = 0;
  const loader = new ThumbnailLoader(
    (url, signal) =>
      new Promise((resolve, reject) => {
        const id = url.split('/').at(-2) ?? '';
        asked.push(id);
        const bitmap = { close: () => open-- } as unknown as ImageBitmap;
        const finish = () => {
          open++;
          resolve(bitmap);
        };
        pending.set(id, { finish, fail: () => reject(new Error('404')), signal });
      }),
    (id, bitmap) => {
      delivered.push(id);
      bitmap.close();
    },
  );
  return { loader, pending, asked, delivered, open: () => open };
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const faces = (count: number) => Array.from({ length: count }, (_, i) => `f${i}`);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('loading the wall', () => {
  it('asks for a few at a time, in order, each once', async () => {
    const { loader, pending, asked, delivered } = setUp();
    loader.want(faces(10));
    expect(asked).toEqual(['f0', 'f1', 'f2']);
    for (const id of faces(10)) {
      pending.get(id)?.finish();
      await settle();
    }
    expect(asked).toEqual(faces(10));
    expect(delivered).toEqual(faces(10));
    loader.want(faces(10));
    expect(asked).toHaveLength(10);
  });

  it('goes on past what is missing, and asks again later and later', async () => {
    const { loader, pending, asked, delivered } = setUp();
    loader.want(['bad', 'good']);
    pending.get('good')?.finish();
    pending.get('bad')?.fail();
    await settle();
    expect(delivered).toEqual(['good']);
    const times: number[] = [];
    for (let tries = 2; tries < 12; tries++) {
      const from = Date.now();
      while (asked.filter((id) => id === 'bad').length < tries) await vi.advanceTimersByTimeAsync(500);
      times.push(Date.now() - from);
      pending.get('bad')?.fail();
      await settle();
    }
    expect(times[0]).toBe(2_000);
    expect(times[1]).toBe(4_000);
    expect(times.at(-1)).toBe(300_000);
  });

  it('gives up what is no longer wanted, and releases what comes too late', async () => {
    const { loader, pending, delivered, open } = setUp();
    loader.want(['a', 'b', 'c', 'd']);
    const late = pending.get('a');
    loader.want(['d']);
    expect(late?.signal.aborted).toBe(true);
    late?.finish();
    await settle();
    expect(delivered).toEqual([]);
    pending.get('d')?.finish();
    await settle();
    expect(delivered).toEqual(['d']);
    expect(open()).toBe(0);
  });

  it('brings everything again when the screen lost it', async () => {
    const { loader, pending, asked } = setUp();
    loader.want(['a', 'b']);
    for (const id of ['a', 'b']) pending.get(id)?.finish();
    await settle();
    loader.reload();
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('is silent once stopped', async () => {
    const { loader, pending, asked } = setUp();
    loader.want(['a']);
    pending.get('a')?.fail();
    await settle();
    loader.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toEqual(['a']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketLimits } from '../../server/control/socket.ts';
import { LiveControl, pin } from './live.ts';

let live: LiveControl;
beforeEach(async () => {
  live = await new LiveControl().start();
});
afterEach(() => live.stop());

describe('pages behind a proxy on this computer', () => {
  const by = (address: string) => ({ 'x-forwarded-for': `10.9.9.9, ${address}` });

  it('that guess the PIN keep out themselves alone', async () => {
    for (let i = 0; i < 5; i++) {
      const page = await live.page('curator', { pin: `${i}` }, by('192.168.1.66')).until(({ refused }) => refused);
      page.close();
    }
    const guessing = await live.page('curator', { pin }, by('192.168.1.66')).until(({ refused }) => refused);
    expect(guessing.refused?.code).toBe('rate-limited');
    await live.page('curator', { pin }, by('192.168.1.77')).until(({ state }) => state);
    await live.curator().until(({ state }) => state);
  });

  it('that are many of one address leave room for those of others', async () => {
    const pages = Array.from({ length: socketLimits.fromOne }, (_, i) =>
      live.page('display', { client: `of-a-crowd-${i}` }, by('192.168.1.66')),
    );
    await Promise.all(pages.map((page) => page.until(({ state }) => state)));
    const late = await live
      .page('display', { client: 'of-a-crowd-late' }, by('192.168.1.66'))
      .until(({ refused }) => refused);
    expect(late.refused?.code).toBe('too-many');
    await live.page('display', {}, by('192.168.1.77')).until(({ state }) => state);
  });
});

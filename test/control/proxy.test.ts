import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
    await live.page('curator', { pin }, live.headersOf('curator', '192.168.1.77')).until(({ state }) => state);
    await live.curator().until(({ state }) => state);
  });
});

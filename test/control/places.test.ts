import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { socketLimits } from '../../server/control/socket.ts';
import { routes } from '../../server/protocol/routes.ts';
import { requestFrom, sentBack } from './devices-of.ts';
import { LiveControl, pin } from './live.ts';

let live: LiveControl;
let flood: WebSocket[];
beforeEach(async () => {
  live = await new LiveControl().start();
  flood = [];
});
afterEach(async () => {
  for (const socket of flood) socket.terminate();
  await live.stop();
});

const by = (address: string, cookie = '') => ({ 'x-forwarded-for': address, cookie });

/** A connection of a stranger that opens and says nothing. */
function knock(address: string): WebSocket {
  const url = `ws://127.0.0.1:${live.port}${routes.control}/?EIO=4&transport=websocket`;
  const socket = new WebSocket(url, { headers: by(address) });
  socket.on('error', () => {});
  flood.push(socket);
  return socket;
}
const open = () => flood.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
const settled = () => flood.every(({ readyState }) => readyState !== WebSocket.CONNECTING);
const pair = (address: string) => {
  const description = { name: 'main', browser: 'Chromium', address };
  return by(address, sentBack(live.paired.devices.pair(requestFrom(address), 'tablet', description)));
};

describe('strangers', () => {
  it('hold few connections, from one address, an IPv6 /64 and together', async () => {
    const { strangers, fromStranger } = socketLimits.places;
    for (let k = 0; k < 40; k++) knock('192.168.1.66');
    for (let k = 0; k < 40; k++) knock(`2001:db8:1:2::${k + 1}`);
    await expect.poll(() => settled() && open()).toBe(2 * fromStranger);
    for (let k = 0; k < 120; k++) knock(`10.0.0.${k}`);
    await expect.poll(() => settled() && open()).toBe(strangers);
  });

  it('take no place from this computer, paired devices and curators, and lose theirs to them', async () => {
    const { all, forHere, fromDevice } = socketLimits.places;
    const devices = Array.from({ length: 4 }, (_, k) => pair(`192.168.1.${k}`));
    const paired = devices.flatMap((headers, d) =>
      Array.from({ length: fromDevice }, (_, k) => live.page('visitor', { client: `client-of-${d}-${k}` }, headers)),
    );
    await Promise.all(paired.map((page) => page.until(({ state }) => state)));
    for (let k = 0; k < 200; k++) knock(`10.0.0.${k}`);
    await expect.poll(() => settled() && open()).toBe(socketLimits.places.strangers);
    const mine = Array.from({ length: all - 4 * fromDevice - socketLimits.curators }, (_, k) =>
      live.page(k % 2 ? 'display' : 'visitor', { client: `client-here-${k}` }),
    );
    await Promise.all(mine.map((page) => page.until(({ state }) => state)));
    expect(mine.length).toBeGreaterThanOrEqual(forHere);
    const curators = Array.from({ length: socketLimits.curators }, (_, k) => live.curator(`client-curator-${k}`));
    await Promise.all(curators.map((page) => page.until(({ state }) => state)));
    await expect.poll(open).toBe(0);
    expect([...paired, ...mine].every(({ socket }) => socket.connected)).toBe(true);
  });

  it('who keep knocking do not keep out a curator who comes with the PIN from a new address', async () => {
    let k = 0;
    const timer = setInterval(() => knock(`10.0.${k >> 8}.${k++ & 255}`), 5);
    try {
      await expect.poll(() => k).toBeGreaterThan(100);
      const curator = await live.page('curator', { pin }, live.headersOf('curator')).until(({ state }) => state);
      const more = k + 100;
      await expect.poll(() => k).toBeGreaterThan(more);
      expect(curator.socket.connected).toBe(true);
    } finally {
      clearInterval(timer);
    }
  });
});

describe('a paired device', () => {
  it('that opens many pages is told so, and leaves places to others', async () => {
    const { fromDevice } = socketLimits.places;
    const [one, two] = [pair('192.168.1.66'), pair('192.168.1.77')];
    const pages = Array.from({ length: fromDevice }, (_, k) =>
      live.page('visitor', { client: `client-one-${k}` }, one),
    );
    await Promise.all(pages.map((page) => page.until(({ state }) => state)));
    const late = await live.page('visitor', { client: 'client-late' }, one).until(({ refused }) => refused);
    expect(late.refused).toMatchObject({ code: 'too-many', retryAfter: 10 });
    late.close();
    await live.page('visitor', {}, two).until(({ state }) => state);
  });
});

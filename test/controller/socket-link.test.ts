import { afterEach, describe, expect, it, vi } from 'vitest';
import { openSocket, type SocketOptions } from '../../controller/shared/link/open-socket.ts';
import { type PageLink, unlinked } from '../../controller/shared/link/page-link.ts';
import { linkSocket, linkTimes } from '../../controller/shared/link/socket-link.ts';
import { createStore } from '../../controller/shared/store.ts';
import { FakeInstallation } from '../e2e/fake-installation.ts';

/** Real sockets, impatient ones. */
const times = { answer: 250, alive: 120, sync: 30, retry: 60 };
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function server(port = 0): Promise<{ fake: FakeInstallation; origin: string }> {
  const fake = new FakeInstallation(null);
  const origin = await fake.start(port);
  closing.push(() => fake.stop());
  return { fake, origin };
}

function page(origin: string, options: Partial<SocketOptions> = {}) {
  const store = createStore<PageLink>(unlinked);
  const socket = openSocket({ role: 'visitor', client: 'client-0001', origin, ...options });
  const link = linkSocket(socket, store, times);
  closing.push(() => link.close());
  link.open();
  return { store, link, socket, phase: () => store.get().phase, state: () => store.get().state };
}

const soon = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 10 });

describe('a page’s link to the server', () => {
  it('is patient enough for a slow network', () => {
    expect(linkTimes.answer).toBeGreaterThanOrEqual(5_000);
  });

  it('brings the state and follows updates', async () => {
    const { fake, origin } = await server();
    const { phase, state } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    fake.change({ trouble: 'engine' });
    await soon(() => expect(state()?.trouble).toBe('engine'));
  });

  it('asks for the whole again when updates were lost or made no sense', async () => {
    const { fake, origin } = await server();
    const { phase, state } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    fake.change({ trouble: 'engine' }, 2);
    await soon(() => expect(state()?.trouble).toBe('engine'));
    for (const nonsense of [null, 7, 'state', { revision: 'x' }, []]) fake.garbage(nonsense);
    fake.change({ trouble: 'closed' });
    await soon(() => expect(state()?.trouble).toBe('closed'));
    expect(phase()).toBe('online');
  });

  it('carries commands and their answers', async () => {
    const { fake, origin } = await server();
    const { phase, link } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    fake.answer = () => ({ status: 'done', ticket: 12 });
    expect(await link.send({ type: 'queue.join' })).toEqual({ status: 'done', ticket: 12 });
    expect(await link.send({ type: 'skip' })).toMatchObject({ status: 'refused', code: 'not-allowed' });
    expect(fake.given).toEqual([{ command: { type: 'queue.join' }, client: 'client-0001' }]);
  });

  it('does not wait for ever for an answer, and keeps no command for later', async () => {
    const { fake, origin } = await server();
    const { phase, link } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    fake.answer = () => null;
    expect(await link.send({ type: 'begin' })).toMatchObject({ status: 'refused', code: 'unanswered' });
    fake.refusal = { code: 'failed', reason: 'Not now.' };
    fake.cut();
    await soon(() => expect(phase()).not.toBe('online'));
    expect(await link.send({ type: 'consent' })).toMatchObject({ status: 'refused', code: 'unsent' });
    fake.refusal = null;
    await soon(() => expect(phase()).toBe('online'));
    expect(fake.given.map(({ command }) => command.type)).toEqual(['begin']);
  });

  it('comes back to a server that was restarted, with the same id', async () => {
    const { fake, origin } = await server();
    const { phase, state } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    await fake.stop();
    await soon(() => expect(phase()).toBe('lost'));
    expect(state()).not.toBeNull();
    const again = await server(Number(new URL(origin).port));
    again.fake.state = { ...again.fake.state, trouble: 'closed' };
    await soon(() => expect(state()?.trouble).toBe('closed'));
    expect(phase()).toBe('online');
  });

  it('notices a connection that died without a word', async () => {
    const { fake, origin } = await server();
    const { phase, socket } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    const before = socket.id;
    // Nothing the server hears reaches its handlers any more; the socket itself stays open.
    fake.deaf = true;
    await soon(() => expect(socket.id).not.toBe(before));
    fake.deaf = false;
    await soon(() => expect(phase()).toBe('online'));
  });

  it('learns that it is of another version, whichever side is older', async () => {
    const { origin } = await server();
    for (const protocol of [0, 2, 99]) {
      const { phase } = page(origin, { protocol });
      await soon(() => expect(phase()).toBe('outdated'));
    }
  });

  it('learns of an upgrade while it is open', async () => {
    const { fake, origin } = await server();
    const { phase } = page(origin);
    await soon(() => expect(phase()).toBe('online'));
    fake.reload();
    await soon(() => expect(phase()).toBe('outdated'));
  });

  it('does not try a wrong PIN a second time by itself', async () => {
    const { fake, origin } = await server();
    let pin = '0000';
    const { phase, link, state } = page(origin, { role: 'curator', pin: () => pin });
    await soon(() => expect(phase()).toBe('refused'));
    await new Promise((resolve) => setTimeout(resolve, 4 * times.retry));
    expect(fake.tries).toBe(1);
    pin = fake.pin;
    link.open();
    await soon(() => expect(state()?.curator).not.toBeNull());
  });

  it('tries again by itself after a refusal that may pass', async () => {
    const { fake, origin } = await server();
    fake.refusal = { code: 'too-many', reason: 'There are too many tablets.' };
    const { phase, store } = page(origin);
    await soon(() => expect(store.get().refusal?.code).toBe('too-many'));
    fake.refusal = null;
    await soon(() => expect(phase()).toBe('online'));
  });
});

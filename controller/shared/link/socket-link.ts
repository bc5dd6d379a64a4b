import type { Socket } from 'socket.io-client';
import type { Command } from '../../../server/protocol/commands.ts';
import type { ClientEvents, ConnectRefusal, ServerEvents } from '../../../server/protocol/messages.ts';
import type { Store } from '../store.ts';
import { type Answer, unanswered, unsent } from './answers.ts';
import { type LinkEvent, type PageLink, reduceLink } from './page-link.ts';

export type PageSocket = Socket<ServerEvents, ClientEvents>;

export interface SocketLink {
  /** Sends a command; resolves with what became of it, never rejects. */
  send(command: Command): Promise<Answer>;
  /** Connects, or connects anew after a refusal. */
  open(): void;
  /** To be called when the tablet wakes: a connection that died in its sleep is noticed at once. */
  check(): void;
  close(): void;
}

export interface LinkTimes {
  /** A command without an answer after so long is `unanswered`, ms. */
  readonly answer: number;
  /** How often the connection is tried, ms. A dead one looks alive to a browser for a minute. */
  readonly alive: number;
  /** No more than one request for the whole state in this time, ms. */
  readonly sync: number;
  /** After a refusal that may pass, ms. */
  readonly retry: number;
}

export const linkTimes: LinkTimes = { answer: 6_000, alive: 5_000, sync: 1_500, retry: 5_000 };

/** Keeps `store` at what the server says over `socket`, which must not be connected yet. */
export function linkSocket(socket: PageSocket, store: Store<PageLink>, times: LinkTimes = linkTimes): SocketLink {
  const tell = (event: LinkEvent) => store.update((link) => reduceLink(link, event));
  let lastSync = Number.NEGATIVE_INFINITY;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let alive: ReturnType<typeof setInterval> | undefined;
  let checking = false;

  const syncWhereBehind = () => {
    const now = Date.now();
    if (!store.get().behind || !socket.connected || now - lastSync < times.sync) return;
    lastSync = now;
    socket.emit('sync');
  };

  socket.on('state', (state) => tell({ type: 'state', state, at: Date.now() }));
  socket.on('update', (update) => {
    tell({ type: 'update', update, at: Date.now() });
    syncWhereBehind();
  });
  socket.on('log', (lines) => tell({ type: 'log', lines }));
  socket.on('reload', () => tell({ type: 'outdated' }));
  socket.on('disconnect', (reason) => {
    tell({ type: 'disconnected' });
    // socket.io leaves it at that where the server closed the connection; the server may only be restarting.
    if (reason === 'io server disconnect') connectLater(times.retry);
  });
  socket.on('connect_error', (error: Error & { data?: ConnectRefusal }) => {
    // Without data the server was not reached, and socket.io goes on trying by itself.
    if (!error.data) return tell({ type: 'disconnected' });
    tell({ type: 'refused', refusal: error.data });
    // A PIN is for a person to try again, a version for a reload.
    if (!['pin', 'pin-too-short', 'rate-limited', 'version'].includes(error.data.code)) connectLater(times.retry);
  });

  const connectLater = (delay: number) => {
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), delay);
  };

  const check = async () => {
    if (!socket.connected || checking) return;
    checking = true;
    const asked = Date.now();
    try {
      const now = await socket.timeout(times.answer).emitWithAck('time');
      const answered = Date.now();
      if (Number.isFinite(now)) tell({ type: 'clock', offset: now - (asked + answered) / 2 });
      syncWhereBehind();
    } catch {
      if (socket.connected) socket.disconnect().connect();
    } finally {
      checking = false;
    }
  };

  return {
    async send(command) {
      // socket.io would keep it and send it on reconnection, when nobody means it any more.
      if (!socket.connected) return unsent;
      try {
        return await socket.timeout(times.answer).emitWithAck('command', command);
      } catch {
        return unanswered;
      }
    },
    open() {
      clearTimeout(retry);
      clearInterval(alive);
      alive = setInterval(check, times.alive);
      socket.connect();
    },
    check() {
      if (socket.connected) void check();
      else if (store.get().phase === 'lost' || store.get().phase === 'connecting') socket.disconnect().connect();
    },
    close() {
      clearTimeout(retry);
      clearInterval(alive);
      socket.disconnect();
    },
  };
}

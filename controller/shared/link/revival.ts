import type { Store } from '../store.ts';
import type { PageLink } from './page-link.ts';

/**
 * When connections beside control must be made anew. Control tests itself; a plain WebSocket whose other end went without
 * a word (Wi-Fi, sleep, a power cut) looks open to a browser for ever.
 */
export interface Revival {
  /** To be called when the tablet wakes: what it slept through may have ended connections. */
  revive(): void;
  /** Returns a function that takes the listener off again. */
  subscribe(listener: () => void): () => void;
}

/** Revives by itself whenever control comes back: what ended that connection has ended the others as well. */
export function watchRevival(link: Store<PageLink>): Revival {
  const listeners = new Set<() => void>();
  const revive = () => {
    for (const listener of [...listeners]) listener();
  };
  let isOnline = false;
  let wasOnline = false;
  link.subscribe(({ phase }) => {
    const isBack = phase === 'online' && !isOnline && wasOnline;
    isOnline = phase === 'online';
    wasOnline ||= isOnline;
    if (isBack) revive();
  });
  return {
    revive,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

import type { Answer } from '../../shared/link/answers.ts';
import { createStore, type Store } from '../../shared/store.ts';
import { type Draft, type DraftEvent, reduceDraft, toSend } from './draft.ts';

export interface Drafts<T> {
  readonly store: Store<ReadonlyMap<string, Draft<T>>>;
  /** The hand has set a value; `held` while it goes on. */
  edit(key: string, value: T, held: boolean): void;
  release(key: string): void;
  /** To be called when the server's values, or only time, have changed. */
  passed(server: (key: string) => T, now: number): void;
}

export interface DraftsOptions<T> {
  readonly send: (key: string, value: T) => Promise<Answer>;
  readonly same?: (a: T, b: T) => boolean;
  readonly now: () => number;
  /** Least time between two sendings of one value, ms. */
  readonly interval: number;
}

/** Values under somebody's hand, by key, and their way to the server. */
export function createDrafts<T>({ send, same, now, interval }: DraftsOptions<T>): Drafts<T> {
  const store = createStore<ReadonlyMap<string, Draft<T>>>(new Map());
  const resting = new Set<string>();

  const tell = (key: string, event: DraftEvent<T>) => {
    const before = store.get().get(key) ?? null;
    const after = reduceDraft(before, event, same);
    if (after === before) return;
    const drafts = new Map(store.get());
    if (after) drafts.set(key, after);
    else drafts.delete(key);
    store.set(drafts);
  };

  const forward = async (key: string): Promise<void> => {
    const next = toSend(store.get().get(key) ?? null);
    if (!next || resting.has(key)) return;
    resting.add(key);
    setTimeout(() => {
      resting.delete(key);
      void forward(key);
    }, interval);
    tell(key, { type: 'sent' });
    const answer = await send(key, next.value);
    tell(key, { type: 'answered', taken: answer.status !== 'refused', now: now() });
    void forward(key);
  };

  return {
    store,
    edit(key, value, held) {
      tell(key, { type: 'edited', value, held });
      void forward(key);
    },
    release: (key) => tell(key, { type: 'released' }),
    passed(server, at) {
      for (const key of store.get().keys()) tell(key, { type: 'passed', server: server(key), now: at });
    },
  };
}

import { useEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';

/** The store's value; the component is drawn again when it is replaced. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useState({});
  useEffect(() => {
    const seen = store.get();
    const off = store.subscribe(() => redraw({}));
    // It may have been replaced between drawing and this effect.
    if (!Object.is(seen, store.get())) redraw({});
    return off;
  }, [store]);
  return store.get();
}

import { useLayoutEffect, useState } from 'preact/hooks';
import type { Store } from './store.ts';

/** The store's value; the component is drawn again when it is replaced. */
export function useStore<T>(store: Store<T>): T {
  const [, redraw] = useState({});
  const drawn = store.get();
  useLayoutEffect(() => {
    const off = store.subscribe(() => redraw({}));
    // It may have been replaced between drawing and this moment.
    if (!Object.is(drawn, store.get())) redraw({});
    return off;
  }, [store]);
  return drawn;
}

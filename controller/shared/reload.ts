import type { TabStorage } from './tab-storage.ts';

const key = 'familiar-faces.reloaded';
const pause = 60_000;

/**
 * Loads the page again, at most once a minute: where that does not help, a page must not load itself for ever. Returns
 * whether it does. `now` and when it was loaded in ms since 1970.
 */
export function reloadOnce(
  storage: TabStorage,
  now: number,
  reload: () => void,
  loadedAt = performance.timeOrigin,
): boolean {
  try {
    // A page that could not remember takes its own loading for one.
    const before = storage.isForgetful ? loadedAt : Number.NEGATIVE_INFINITY;
    const last = Number(storage.getItem(key) ?? before);
    if (now - last < pause && now >= last) return false;
    storage.setItem(key, String(now));
  } catch {
    // Without storage nothing would stop a second time.
    return false;
  }
  reload();
  return true;
}

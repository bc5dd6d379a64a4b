import type { TabStorage } from './link/client-id.ts';

const key = 'familiar-faces.reloaded';
const pause = 60_000;

/**
 * Loads the page again, at most once a minute: where that does not help, a page must not load itself for ever. Returns
 * whether it does. `now` in ms since 1970.
 */
export function reloadOnce(storage: TabStorage, now: number, reload: () => void): boolean {
  try {
    const last = Number(storage.getItem(key) ?? Number.NEGATIVE_INFINITY);
    if (now - last < pause && now >= last) return false;
    storage.setItem(key, String(now));
  } catch {
    // Without storage nothing would stop a second time.
    return false;
  }
  reload();
  return true;
}

import type { TabStorage } from '../tab-storage.ts';

const key = 'familiar-faces.client';

/**
 * The id of this tab: kept over reloads, so that a tablet that slept still leads its visit. 32 hexadecimal digits, drawn
 * with `getRandomValues` because `randomUUID` is missing on pages over plain http.
 */
export function clientId(storage: TabStorage, fill: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  const kept = readKept(storage);
  if (kept) return kept;
  const bytes = new Uint8Array(16);
  fill(bytes);
  const id = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  try {
    storage.setItem(key, id);
  } catch {
    // Without storage the id lasts until the next reload.
  }
  return id;
}

function readKept(storage: TabStorage): string | null {
  try {
    const kept = storage.getItem(key);
    return kept && /^[\w-]{8,64}$/.test(kept) ? kept : null;
  } catch {
    return null;
  }
}

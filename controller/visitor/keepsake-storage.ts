import { routes } from '../../server/protocol/routes.ts';
import type { TabStorage } from '../shared/tab-storage.ts';
import type { Keepsake } from './model/keepsake.ts';

const key = 'familiar-faces.code';

/** What this tab remembered before the page was loaded anew; the connection was lost with it. */
export function readKeepsake(storage: TabStorage): Keepsake | null {
  try {
    const kept: unknown = JSON.parse(storage.getItem(key) ?? 'null');
    return isKeepsake(kept) ? { ...kept, isCut: true } : null;
  } catch {
    return null;
  }
}

/** Remembers it for when the page is loaded anew; null forgets. */
export function writeKeepsake(storage: TabStorage, keepsake: Keepsake | null): void {
  try {
    storage.setItem(key, JSON.stringify(keepsake));
  } catch {
    // Without storage it lasts until the next reload.
  }
}

function isKeepsake(kept: unknown): kept is Keepsake {
  if (typeof kept !== 'object' || kept === null) return false;
  const { visitor, receipt, receiptLink, seenAt, until } = kept as Partial<Record<keyof Keepsake, unknown>>;
  return (
    Number.isInteger(visitor) &&
    typeof receipt === 'string' &&
    receipt.startsWith(routes.receipt) &&
    typeof receiptLink === 'string' &&
    Number.isFinite(seenAt) &&
    (until === null || Number.isFinite(until))
  );
}

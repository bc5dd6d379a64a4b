import type { TabStorage } from '../../shared/tab-storage.ts';

const key = 'familiar-faces.pin';

/** The PIN of this tab, so that a reload does not ask again. It goes when the tab is closed. */
export function keptPin(storage: TabStorage): string {
  try {
    return storage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export function keepPin(storage: TabStorage, pin: string): void {
  try {
    if (storage.getItem(key) !== pin) storage.setItem(key, pin);
  } catch {
    // Without storage it is asked for again after a reload.
  }
}

export const forgetPin = (storage: TabStorage): void => keepPin(storage, '');

import type { TabStorage } from '../../controller/shared/tab-storage.ts';

/** What a tab stores, without a browser; `forbidden` throws as browsers do in private windows. */
export function memoryStorage({ forbidden = false } = {}): TabStorage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  const allow = () => {
    if (forbidden) throw new DOMException('The operation is insecure.', 'SecurityError');
  };
  return {
    values,
    getItem(key) {
      allow();
      return values.get(key) ?? null;
    },
    setItem(key, value) {
      allow();
      values.set(key, value);
    },
  };
}

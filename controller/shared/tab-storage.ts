/** The part of `sessionStorage` that is used; it may throw where a browser forbids storage. */
export interface TabStorage extends Pick<Storage, 'getItem' | 'setItem'> {
  /** Whether all is forgotten when the page is loaded anew. */
  readonly isForgetful?: boolean;
}

let memory: TabStorage | null = null;

/** The tab's storage. Where cookies are blocked, even looking for it throws: then it is memory, until the next load. */
export function tabStorage(open: () => TabStorage = () => sessionStorage): TabStorage {
  try {
    return open();
  } catch {
    memory ??= remember();
    return memory;
  }
}

function remember(): TabStorage {
  const values = new Map<string, string>();
  return {
    isForgetful: true,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
  };
}

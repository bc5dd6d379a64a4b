import { describe, expect, it, vi } from 'vitest';
import { dissolveShare } from '../../controller/shared/frames/dissolve.ts';
import { clientId } from '../../controller/shared/link/client-id.ts';
import { reloadOnce } from '../../controller/shared/reload.ts';
import { createStore } from '../../controller/shared/store.ts';
import { tabStorage } from '../../controller/shared/tab-storage.ts';
import { parseHello, protocolVersion } from '../../server/protocol/messages.ts';
import { memoryStorage } from './memory-storage.ts';

describe('the id of a tab', () => {
  const fill = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);

  it('is one the server takes, and lasts over reloads', () => {
    const storage = memoryStorage();
    const id = clientId(storage, fill);
    expect(parseHello({ protocol: protocolVersion, role: 'visitor', client: id }).ok).toBe(true);
    expect(clientId(storage, fill)).toBe(id);
    expect(clientId(memoryStorage(), fill)).not.toBe(id);
  });

  it('is made anew where what was stored is no id, or nothing can be stored', () => {
    const storage = memoryStorage();
    storage.values.set('familiar-faces.client', '<script>');
    expect(clientId(storage, fill)).toMatch(/^[0-9a-f]{32}$/);
    expect(clientId(memoryStorage({ forbidden: true }), fill)).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('loading the page again', () => {
  it('happens once a minute at most, also over reloads', () => {
    const storage = memoryStorage();
    const reload = vi.fn();
    expect(reloadOnce(storage, 1_000_000, reload)).toBe(true);
    expect(reloadOnce(storage, 1_059_000, reload)).toBe(false);
    expect(reloadOnce(storage, 1_061_000, reload)).toBe(true);
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it('is not stuck by a clock that was set back, and never happens where nothing could stop it', () => {
    const storage = memoryStorage();
    const reload = vi.fn();
    reloadOnce(storage, 9_000_000, reload);
    expect(reloadOnce(storage, 1_000, reload)).toBe(true);
    expect(reloadOnce(memoryStorage({ forbidden: true }), 0, reload)).toBe(false);
  });

  it('happens once a minute at most also where the browser keeps nothing over reloads', () => {
    const reload = vi.fn();
    const blocked = { ...memoryStorage(), isForgetful: true };
    expect(reloadOnce(blocked, 1_000_000, reload, 990_000)).toBe(false);
    expect(reloadOnce(blocked, 1_060_000, reload, 990_000)).toBe(true);
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe('the storage of a tab', () => {
  it('is memory where cookies are blocked, the same for the whole page', () => {
    const blocked = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    tabStorage(blocked).setItem('a', '1');
    expect(tabStorage(blocked).getItem('a')).toBe('1');
    expect(tabStorage(blocked).getItem('b')).toBeNull();
    const storage = memoryStorage();
    expect(tabStorage(() => storage)).toBe(storage);
  });
});

describe('a store', () => {
  it('tells its listeners of another value, and only then', () => {
    const store = createStore(1);
    const heard: number[] = [];
    const off = store.subscribe((value) => heard.push(value));
    store.set(1);
    store.update((value) => value + 1);
    off();
    store.set(3);
    expect(heard).toEqual([2]);
  });
});

describe('a dissolve', () => {
  it('goes from the old picture to the new, softly at both ends', () => {
    const at = (now: number) => dissolveShare({ begun: 100, duration: 200 }, now);
    expect([0, 100, 200, 300, 900].map(at)).toEqual([0, 0, 0.5, 1, 1]);
    expect(at(110) - at(100)).toBeLessThan(at(205) - at(195));
    expect(dissolveShare({ begun: 100, duration: 0 }, 100)).toBe(1);
  });
});

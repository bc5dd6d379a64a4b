import { reloadOnce } from './reload.ts';
import { tabStorage } from './tab-storage.ts';

/** A defect must not leave a tablet stuck for months: the page begins anew, at most once a minute. */
export function guardPage(): void {
  const begin = (error: unknown) => {
    console.error(error);
    reloadOnce(tabStorage(), Date.now(), () => location.reload());
  };
  addEventListener('error', ({ error }) => error && begin(error));
  addEventListener('unhandledrejection', ({ reason }) => begin(reason));
}

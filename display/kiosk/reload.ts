import { reloadOnce } from '../../controller/shared/reload.ts';
import { tabStorage } from '../../controller/shared/tab-storage.ts';
import { routes } from '../../server/protocol/routes.ts';

let trying = false;

/**
 * Loads the page anew as soon as the server answers, at most once a minute: a page that is loaded while the server is away
 * would show the browser's error on the wall.
 */
export async function reloadWhenPossible(): Promise<void> {
  if (trying) return;
  trying = true;
  for (;;) {
    if ((await serverAnswers()) && reloadOnce(tabStorage(), Date.now(), () => location.reload())) return;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
}

async function serverAnswers(): Promise<boolean> {
  try {
    const answer = await fetch(routes.display, {
      method: 'HEAD',
      cache: 'no-store',
      signal: AbortSignal.timeout(4_000),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

import type { ConnectRefusal } from '../../../server/protocol/messages.ts';
import { routes } from '../../../server/protocol/routes.ts';

/** Longest wait for an answer, ms. */
const patienceMs = 8_000;

/**
 * Gives the PIN to the server, which from then on knows this device by a cookie. Returns why it is refused; null where it
 * is not, or where nobody answered: the socket finds out.
 */
export async function introduce(pin: string): Promise<ConnectRefusal | null> {
  try {
    const body = new URLSearchParams({ pin });
    const answer = await fetch(routes.curator, { method: 'POST', body, signal: AbortSignal.timeout(patienceMs) });
    return answer.status === 403 ? readRefusal(await answer.json()) : null;
  } catch {
    return null;
  }
}

const readRefusal = (value: unknown): ConnectRefusal | null =>
  typeof value === 'object' && value !== null && 'code' in value && 'reason' in value
    ? (value as ConnectRefusal)
    : null;

import type { ConnectRefusal } from './messages.ts';
import { refusalCodes } from './refusals.ts';

/** Why a PIN was not taken. `retryAfter`: seconds to wait before the next try. */
export interface PinRefusal {
  readonly ok: false;
  readonly why: 'wrong' | 'wait' | 'too-short';
  readonly retryAfter: number | null;
}

/** What the curator's page is told of it. Pure. */
export function pinRefusal({ why, retryAfter }: PinRefusal): ConnectRefusal {
  if (why === 'too-short') return { code: 'pin-too-short', reason: refusalCodes['pin-too-short'] };
  if (retryAfter === null) return { code: 'pin', reason: refusalCodes.pin };
  return { code: 'rate-limited', reason: `Wait ${retryAfter} s, then try again.`, retryAfter };
}

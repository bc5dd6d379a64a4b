import type { IncomingMessage } from 'node:http';
import { pinRefusal } from '../protocol/pin-refusal.ts';
import { type Answer, text } from './answer.ts';
import { cookieHeader, type PairingPageParts, pagePaired, readPin } from './pairing-gate.ts';

/**
 * Answers `/curator`: the page, which asks for the PIN itself. It sends it here first (POST `/curator`, answered with 204 or
 * with why it is refused), so that the curator's device is known by a cookie and may load pictures.
 */
export function answerCurator(parts: PairingPageParts) {
  return async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== 'POST') return pagePaired(parts, request);
    const form = await readPin(request);
    if ('refusal' in form) return form.refusal;
    const verdict = parts.pairing.tryPin(request, 'curator', form.pin);
    if (verdict.ok) return { ...text(204, ''), headers: cookieHeader(verdict.cookie) };
    return { ...text(403, JSON.stringify(pinRefusal(verdict))), type: 'application/json' };
  };
}

import type { IncomingMessage } from 'node:http';
import { routes } from '../protocol/routes.ts';
import type { Texts } from '../protocol/texts.ts';
import { type Answer, text } from './answer.ts';
import {
  cookieHeader,
  type PairingPageParts,
  pagePaired,
  pinForm,
  pinProblem,
  plainAnswer,
  readPin,
} from './pairing-gate.ts';

/**
 * Answers `/visitor`: the page to tablets of the piece, to all others a page that asks for the PIN (POST `/visitor`) and
 * makes them one. Works without scripts.
 */
export function answerVisitor(parts: PairingPageParts) {
  const ask = (request: IncomingMessage, problem: (words: Texts) => string): Answer =>
    plainAnswer(parts, request, (words) =>
      pinForm(words, {
        title: words.pairTitle,
        text: words.pairText,
        action: routes.visitor,
        problem: problem(words),
      }),
    );
  return async (request: IncomingMessage): Promise<Answer> => {
    if (request.method === 'POST') {
      const form = await readPin(request);
      if ('refusal' in form) return form.refusal;
      const verdict = parts.pairing.tryPin(request, 'tablet', form.pin);
      if (!verdict.ok) return ask(request, (words) => pinProblem(words, verdict));
      return { ...text(303, ''), headers: { ...cookieHeader(verdict.cookie), location: routes.visitor } };
    }
    return parts.pairing.admits(request, 'tablet') ? pagePaired(parts, request) : ask(request, () => '');
  };
}

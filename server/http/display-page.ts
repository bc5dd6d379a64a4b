import type { IncomingMessage } from 'node:http';
import { displayNamePattern } from '../protocol/messages.ts';
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
import { emptyOval, escaped } from './plain-page.ts';

/** A display that waits asks again after so long, s. */
const askAgain = 4;
/** Parts of the wall's own address, see `readAddress`; they are kept while the display is paired. */
const kept = ['name', 'size', 'format', 'quality'];
/** Asks for the PIN in place of showing a code. */
const byPin = { pair: 'pin' };

/**
 * Answers `/`: the wall to displays of the piece and on this computer. To all others a page that shows a code, which a
 * curator types in, and asks again by itself until that is done; or one that asks for the PIN (`?pair=pin`, POST). Works
 * without scripts.
 */
export function answerDisplay(parts: PairingPageParts) {
  const { pairing } = parts;
  const askPin = (request: IncomingMessage, url: URL, problem: (words: Texts) => string): Answer =>
    plainAnswer(parts, request, (words) =>
      pinForm(words, {
        title: words.wallPairPinTitle,
        text: words.wallPairPinText,
        action: addressOf(url),
        problem: problem(words),
        below: `<a class="quiet" href="${escaped(addressOf(url))}">${escaped(words.wallPairByCode)}</a>`,
      }),
    );
  const showCode = (request: IncomingMessage, url: URL): Answer => {
    // A page that only looks whether we are there does not wait for anybody.
    const place = request.method === 'HEAD' ? null : pairing.ask(request, nameOf(url));
    const main = (words: Texts) => codePage(words, place?.code ?? null, addressOf(url, byPin));
    return plainAnswer(parts, request, main, { ...cookieHeader(place?.cookie ?? null), refresh: String(askAgain) });
  };
  return async (request: IncomingMessage, url: URL): Promise<Answer> => {
    if (request.method === 'POST') {
      const form = await readPin(request);
      if ('refusal' in form) return form.refusal;
      const verdict = pairing.tryPin(request, 'display', form.pin, nameOf(url));
      if (!verdict.ok) return askPin(request, url, (words) => pinProblem(words, verdict));
      return { ...text(303, ''), headers: { ...cookieHeader(verdict.cookie), location: addressOf(url) } };
    }
    if (pairing.admits(request, 'display')) return pagePaired(parts, request);
    return url.searchParams.get('pair') === byPin.pair ? askPin(request, url, () => '') : showCode(request, url);
  };
}

function nameOf(url: URL): string {
  const name = url.searchParams.get('name') ?? '';
  return displayNamePattern.test(name) ? name : 'main';
}

/** The wall's address with what it says of itself, and nothing else of what was asked for. */
function addressOf({ searchParams }: URL, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(more);
  for (const part of kept) if (searchParams.has(part)) query.set(part, searchParams.get(part) ?? '');
  const text = query.toString();
  return text === '' ? routes.display : `${routes.display}?${text}`;
}

const codePage = (words: Texts, code: string | null, pinAddress: string): string => {
  const oval =
    code === null
      ? emptyOval
      : `<div class="oval oval-code"><p class="code">${code.slice(0, 3)} <span>${code.slice(3)}</span></p></div>`;
  return `${oval}
<div class="gate wall">
<h1 class="long">${escaped(words.wallPairTitle)}</h1>
<p>${escaped(code === null ? words.wallPairFull : words.wallPairText)}</p>
<p class="choices"><a class="quiet" href="${escaped(pinAddress)}">${escaped(words.wallPairByPin)}</a></p>
</div>`;
};

import type { IncomingMessage } from 'node:http';
import type { DeviceKind } from '../protocol/devices.ts';
import { routes } from '../protocol/routes.ts';
import { fillText, type Texts } from '../protocol/texts.ts';
import { type Answer, text } from './answer.ts';
import { emptyOval, escaped, type PlainPage, preferredLanguage } from './plain-page.ts';

/** Longest form that is read, bytes. */
const longestForm = 1_024;

/** What became of a PIN, see `PinGuard`; `cookie` is a value of `Set-Cookie`. `retryAfter`: seconds to wait. */
export type PinAnswer =
  | { readonly ok: true; readonly cookie: string }
  | { readonly ok: false; readonly why: 'wrong' | 'wait' | 'too-short'; readonly retryAfter: number | null };

/** How devices on other computers are paired, see `Pairing`. Cookies are values of `Set-Cookie`. */
export interface PairingGate {
  admits(request: IncomingMessage, kind: DeviceKind): boolean;
  renewedCookie(request: IncomingMessage): string | null;
  tryPin(request: IncomingMessage, kind: DeviceKind, pin: string, name?: string): PinAnswer;
  ask(request: IncomingMessage, name: string): { readonly code: string; readonly cookie: string } | null;
}

export interface VisitorPageOptions {
  readonly pairing: PairingGate;
  /** The built page. */
  readonly page: Answer;
  /** See `plainPages`. */
  readonly write: (page: PlainPage) => string;
  /** By language code, the default one first. */
  readonly texts: Readonly<Record<string, Texts>>;
}

/**
 * Answers `/visitor`: the page to tablets of the piece, to all others a page that asks for the PIN (POST `/visitor`) and
 * makes them one. Works without scripts.
 */
export function answerVisitor({ pairing, page, write, texts }: VisitorPageOptions) {
  const ask = (request: IncomingMessage, problem: (texts: Texts) => string): Answer => {
    const language = preferredLanguage(request.headers['accept-language'], Object.keys(texts));
    const words = texts[language];
    const body = write({
      language,
      title: words.title,
      header: `<p class="mark">${escaped(words.title)}</p>`,
      main: pinForm(words, problem(words)),
    });
    return { status: 200, type: 'text/html; charset=utf-8', body, cache: 'never' };
  };
  return async (request: IncomingMessage): Promise<Answer> => {
    if (request.method === 'POST') {
      // Browsers say so where another web page sends the form.
      if (request.headers['sec-fetch-site'] === 'cross-site') return text(403, 'Not from here.\n');
      const form = await readForm(request);
      if (form === null) return text(413, 'That is too long for a PIN.\n');
      const verdict = pairing.tryPin(request, 'tablet', form.get('pin') ?? '');
      if (verdict.ok) return { ...text(303, ''), headers: { 'set-cookie': verdict.cookie, location: routes.visitor } };
      return ask(request, (words) => refusalWords(verdict, words));
    }
    if (pairing.admits(request, 'tablet')) return withCookie(page, pairing.renewedCookie(request));
    return ask(request, () => '');
  };
}

function refusalWords({ why, retryAfter }: Exclude<PinAnswer, { ok: true }>, words: Texts): string {
  if (why === 'too-short') return words.pairTooShort;
  return retryAfter === null ? words.pairWrong : fillText(words.pairWait, { seconds: retryAfter });
}

const pinForm = (words: Texts, problem: string): string => `${emptyOval}
<div class="gate">
<h1 class="long">${escaped(words.pairTitle)}</h1>
<p>${escaped(words.pairText)}</p>
<form method="post" action="${routes.visitor}" class="choices">
<label for="pin">${escaped(words.pairPin)}</label>
<input id="pin" name="pin" type="password" autocomplete="off" maxlength="64" required aria-describedby="problem">
<p id="problem" class="problem" role="alert">${escaped(problem)}</p>
<button class="main">${escaped(words.pairOpen)}</button>
</form>
</div>`;

/** Sent again with every page: browsers keep a cookie for about a year. */
const withCookie = (answer: Answer, cookie: string | null): Answer =>
  cookie === null ? answer : { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } };

/** A form as browsers send it; null where it is longer than any PIN. */
async function readForm(request: IncomingMessage): Promise<URLSearchParams | null> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestForm) return null;
    parts.push(part);
  }
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}

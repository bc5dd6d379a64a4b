import type { IncomingMessage } from 'node:http';
import type { DeviceKind } from '../protocol/devices.ts';
import type { PinRefusal } from '../protocol/pin-refusal.ts';
import { fillText, type Texts } from '../protocol/texts.ts';
import { type Answer, text } from './answer.ts';
import { emptyOval, escaped, type PlainPage, preferredLanguage } from './plain-page.ts';

/** How devices on other computers are paired, see `Pairing`. Cookies are values of `Set-Cookie`. */
export interface PairingGate {
  admits(request: IncomingMessage, kind: DeviceKind): boolean;
  renewedCookie(request: IncomingMessage): string | null;
  tryPin(request: IncomingMessage, kind: DeviceKind, pin: string, name?: string): PinAnswer;
  ask(request: IncomingMessage, name: string): { readonly code: string; readonly cookie: string } | null;
}
export type PinAnswer = { readonly ok: true; readonly cookie: string | null } | PinRefusal;

/** What pages that pair devices are made of. */
export interface PairingPageParts {
  readonly pairing: PairingGate;
  /** The built page, for devices that are paired. */
  readonly page: Answer;
  /** See `plainPages`. */
  readonly write: (page: PlainPage) => string;
  /** By language code, the default one first. */
  readonly texts: Readonly<Record<string, Texts>>;
}

/** Longest form that is read, bytes. */
const longestForm = 1_024;

/** The built page, with the device's cookie sent again: browsers keep a cookie for about a year. */
export function pagePaired({ pairing, page }: PairingPageParts, request: IncomingMessage): Answer {
  return { ...page, headers: { ...page.headers, ...cookieHeader(pairing.renewedCookie(request)) } };
}

/** `set-cookie`, where there is a cookie. */
export const cookieHeader = (cookie: string | null): Readonly<Record<string, string>> =>
  cookie === null ? {} : { 'set-cookie': cookie };

/** A page without scripts, in the language of the browser that asks. `main` gives its HTML. */
export function plainAnswer(
  { write, texts }: PairingPageParts,
  request: IncomingMessage,
  main: (words: Texts) => string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const language = preferredLanguage(request.headers['accept-language'], Object.keys(texts));
  const words = texts[language];
  const header = `<p class="mark">${escaped(words.title)}</p>`;
  const body = write({ language, title: words.title, header, main: main(words) });
  return { status: 200, type: 'text/html; charset=utf-8', body, cache: 'never', headers };
}

export interface PinForm {
  readonly title: string;
  readonly text: string;
  /** Address that the form is sent to. */
  readonly action: string;
  /** Why the last PIN was not taken; '' where none was given. */
  readonly problem: string;
  /** HTML below the button. */
  readonly below?: string;
}

export const pinForm = (words: Texts, { title, text, action, problem, below = '' }: PinForm): string => `${emptyOval}
<div class="gate">
<h1 class="long">${escaped(title)}</h1>
<p>${escaped(text)}</p>
<form method="post" action="${escaped(action)}" class="choices">
<label for="pin">${escaped(words.pairPin)}</label>
<input id="pin" name="pin" type="password" autocomplete="off" maxlength="64" required aria-describedby="problem">
<p id="problem" class="problem" role="alert">${escaped(problem)}</p>
<button class="main">${escaped(words.pairOpen)}</button>
${below}
</form>
</div>`;

/** Why a PIN was not taken, in the words of a language. */
export function pinProblem(words: Texts, { why, retryAfter }: PinRefusal): string {
  if (why === 'too-short') return words.pairTooShort;
  return retryAfter === null ? words.pairWrong : fillText(words.pairWait, { seconds: retryAfter });
}

/**
 * The PIN of a form; else the answer to a form that is not taken: sent by another web page, which browsers say, or longer
 * than any PIN.
 */
export async function readPin(
  request: IncomingMessage,
): Promise<{ readonly pin: string } | { readonly refusal: Answer }> {
  const site = request.headers['sec-fetch-site'] ?? 'none';
  if (site !== 'same-origin' && site !== 'none') return { refusal: text(403, 'Not from here.\n') };
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > longestForm) return { refusal: text(413, 'That is too long for a PIN.\n') };
    parts.push(part);
  }
  return { pin: new URLSearchParams(Buffer.concat(parts).toString('utf8')).get('pin') ?? '' };
}

import type { IncomingMessage } from 'node:http';
import type { ChainPort } from '../installation/ports.ts';
import type { Language } from '../protocol/parameters.ts';
import { receiptUrl, routes } from '../protocol/routes.ts';
import type { Texts } from '../protocol/texts.ts';
import { type Answer, decoded, image } from './answer.ts';
import { type PlainPage, preferredLanguage } from './plain-page.ts';
import { type ReceiptState, receiptPage, receiptPicture } from './receipt-page.ts';

export interface ReceiptChain extends Pick<ChainPort, 'byReceipt' | 'forget' | 'picture'> {
  /** Whether a receipt's face has been deleted since the start. Rejects where that failed. */
  wasForgotten(token: string): Promise<boolean>;
}

export interface ReceiptOptions {
  readonly chain: ReceiptChain;
  /** See `plainPages`. */
  readonly write: (page: PlainPage) => string;
  /** By language code, the default one first. */
  readonly texts: Readonly<Record<string, Texts>>;
  /** How each language names itself, the default one first. */
  readonly languages: readonly Language[];
  /** Told after a visitor deleted their own face. */
  readonly onForgotten?: (face: string) => void;
}

/** Seconds after which a phone looks again whether the face has become. */
const lookAgain = 10;

/**
 * Answers `/receipt/<token>`, its picture, and POST `/receipt/<token>/forget`. Tokens are secrets of 128 bits: nobody guesses one.
 * The language is the one the visitor chose on the tablet (`?language=`), or on the receipt, else that of their phone.
 */
export function answerReceipt({ chain, write, texts, languages, onForgotten }: ReceiptOptions) {
  const labels = Object.fromEntries(languages.map(({ code, label }) => [code, label]));
  return async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const [token, verb, ...rest] = url.pathname.slice(routes.receipt.length).split('/').map(decoded);
    const chosen = url.searchParams.get('language') ?? '';
    const language = Object.hasOwn(texts, chosen)
      ? chosen
      : preferredLanguage(request.headers['accept-language'], Object.keys(texts));
    const page = (state: ReceiptState, status = 200): Answer => ({
      status,
      type: 'text/html; charset=utf-8',
      body: write(receiptPage({ token, state, language, texts, labels })),
      cache: 'never',
      ...(state.kind === 'becoming' ? { headers: { refresh: String(lookAgain) } } : {}),
    });
    const found = rest.length === 0 && token.length > 0 && token.length <= 200 ? chain.byReceipt(token) : null;
    if (request.method === 'POST') {
      if (verb !== 'forget') return page({ kind: 'unknown' }, 404);
      if (found !== null && (await chain.forget(found.face.id))) onForgotten?.(found.face.id);
      // Asked twice, or by two phones at once: it is gone either way. Of what else is not found nothing can be said.
      else if (!(await chain.wasForgotten(token))) return page({ kind: 'unknown' }, 404);
      return page({ kind: 'forgotten' });
    }
    if (verb === 'forget') {
      return { status: 303, type: 'text/plain', body: '', headers: { location: receiptUrl(token) } };
    }
    if (verb === receiptPicture) {
      return image(found?.finished ? await chain.picture(found.face.id, 'final.webp') : null, 'image/webp');
    }
    if (found === null) return page({ kind: 'unknown' }, 404);
    if (!found.finished) return page({ kind: 'becoming' });
    const { visitor, at } = found.face;
    return page(url.searchParams.get('forget') === 'ask' ? { kind: 'sure' } : { kind: 'face', visitor, at });
  };
}

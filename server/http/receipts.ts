import type { IncomingMessage } from 'node:http';
import type { ChainPort } from '../installation/ports.ts';
import { receiptUrl, routes } from '../protocol/routes.ts';
import type { Texts } from '../protocol/texts.ts';
import { type Answer, decoded } from './answer.ts';
import { type ReceiptState, receiptPage } from './receipt-page.ts';

export interface ReceiptOptions {
  readonly chain: Pick<ChainPort, 'byReceipt' | 'forget'>;
  /** By language code, the default one first. */
  readonly texts: Readonly<Record<string, Texts>>;
  /** Told after a visitor deleted their own face. */
  readonly onForgotten?: (face: string) => void;
}

/** Answers `/receipt/<token>`, and POST `/receipt/<token>/forget`. Tokens are secrets of 128 bits: nobody guesses one. */
export function answerReceipt({ chain, texts, onForgotten }: ReceiptOptions) {
  return async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const [token, verb, ...rest] = url.pathname.slice(routes.receipt.length).split('/').map(decoded);
    const language = preferred(request.headers['accept-language'] ?? '', Object.keys(texts));
    const page = (state: ReceiptState, status = 200): Answer => ({
      status,
      type: 'text/html; charset=utf-8',
      body: receiptPage(token, state, language, texts[language]),
      cache: 'never',
    });
    const found = rest.length === 0 && token.length > 0 && token.length <= 200 ? chain.byReceipt(token) : null;
    if (request.method === 'POST') {
      if (verb !== 'forget') return page({ kind: 'unknown' }, 404);
      // Asked twice, or by two phones at once: it is gone either way.
      if (found !== null && (await chain.forget(found.face.id))) onForgotten?.(found.face.id);
      return page({ kind: 'forgotten' });
    }
    if (verb === 'forget') {
      return { status: 303, type: 'text/plain', body: '', headers: { location: receiptUrl(token) } };
    }
    if (found === null) return page({ kind: 'unknown' }, 404);
    if (!found.finished) return page({ kind: 'becoming' });
    const { id, visitor, at } = found.face;
    return page(
      url.searchParams.get('forget') === 'ask' ? { kind: 'sure', face: id } : { kind: 'face', face: id, visitor, at },
    );
  };
}

/** The first language that the browser asks for and the piece speaks, else the piece's first. */
function preferred(accepted: string, spoken: readonly string[]): string {
  const wanted = accepted
    .slice(0, 500)
    .split(',')
    .map((part) => part.split(';')[0].trim().toLowerCase());
  for (const want of wanted) {
    const match = spoken.find((code) => code.toLowerCase() === want || code.toLowerCase() === want.split('-')[0]);
    if (match !== undefined) return match;
  }
  return spoken[0];
}

import { faceUrl, receiptUrl } from '../protocol/routes.ts';
import { fillText, type Texts } from '../protocol/texts.ts';

/** What a receipt shows. */
export type ReceiptState =
  | { readonly kind: 'face'; readonly face: string; readonly visitor: number; readonly at: number }
  | { readonly kind: 'becoming' }
  | { readonly kind: 'sure'; readonly face: string }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'unknown' };

/**
 * A visitor's receipt, opened with their own phone: their face, and a way to delete it. It works without scripts and
 * keeps nothing on the phone.
 */
export function receiptPage(token: string, state: ReceiptState, language: string, texts: Texts): string {
  const action = escaped(receiptUrl(token));
  const parts = {
    face: () =>
      state.kind === 'face'
        ? `<img src="${escaped(faceUrl(state.face, 'final.webp'))}" alt="${escaped(texts.faceAlt)}" width="512" height="512">
<h1>${escaped(texts.receiptTitle)}</h1>
<p>${escaped(fillText(texts.receiptText, { date: date(state.at, language) }))}</p>
<p class="number">${escaped(fillText(texts.captionVisitor, { number: state.visitor }))}</p>
<form method="get" action="${action}"><button name="forget" value="ask">${escaped(texts.receiptForget)}</button></form>`
        : '',
    sure: () =>
      state.kind === 'sure'
        ? `<img src="${escaped(faceUrl(state.face, 'final.webp'))}" alt="${escaped(texts.faceAlt)}" width="512" height="512">
<p>${escaped(texts.receiptForgetSure)}</p>
<form method="post" action="${action}/forget"><button class="bad">${escaped(texts.receiptForget)}</button></form>
<form method="get" action="${action}"><button>${escaped(texts.back)}</button></form>`
        : '',
    becoming: () => `<p>${escaped(texts.receiptSoon)}</p><meta http-equiv="refresh" content="10">`,
    forgotten: () => `<p>${escaped(texts.receiptForgotten)}</p>`,
    unknown: () => `<p>${escaped(texts.receiptUnknown)}</p>`,
  };
  return `<!doctype html>
<html lang="${escaped(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark">
<meta name="robots" content="noindex">
<title>${escaped(texts.title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
<main>${parts[state.kind]()}</main>
</html>
`;
}

const style = `
:root { background: #0c0b0a; color: #f3ece1; font: 1.25rem/1.5 "Source Serif 4", Georgia, serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 32rem; padding: 2rem 1.5rem; text-align: center; }
img { width: 100%; height: auto; border-radius: 1rem; }
h1 { font-weight: 400; font-size: 2rem; margin: 1.5rem 0 0; }
.number { color: #c3b8a8; }
button { font: inherit; color: inherit; background: #24201c; border: 1px solid #8b7f70; border-radius: 1rem; padding: 0.75rem 1.5rem; margin-top: 0.75rem; min-width: 16rem; }
button:focus-visible { outline: 3px solid #ecd0a8; outline-offset: 3px; }
.bad { background: #f59e8f; color: #2a0d08; border-color: #f59e8f; }
`;

const date = (at: number, language: string): string => {
  try {
    return new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(at);
  } catch {
    return new Intl.DateTimeFormat('en', { dateStyle: 'long' }).format(at);
  }
};

const escaped = (value: string): string => value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

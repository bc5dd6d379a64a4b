import { receiptUrl } from '../protocol/routes.ts';
import { fillText, type Texts } from '../protocol/texts.ts';
import { emptyOval, escaped, type PlainPage } from './plain-page.ts';

/** Address of a receipt's picture, below its own: phones are not paired, their code is what lets them see it. */
export const receiptPicture = 'final.webp';

/** What a receipt shows. */
export type ReceiptState =
  | { readonly kind: 'face'; readonly visitor: number; readonly at: number }
  | { readonly kind: 'becoming' }
  | { readonly kind: 'sure' }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'unknown' };

export interface Receipt {
  readonly token: string;
  readonly state: ReceiptState;
  /** Code of the language it is in. */
  readonly language: string;
  /** All languages of the piece, by code. */
  readonly texts: Readonly<Record<string, Texts>>;
  /** How each language names itself. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * What a receipt shows: a visitor's face, and a way to delete it, for their own phone. It asks for nothing from elsewhere and
 * keeps nothing on the phone.
 */
export const receiptPage = (receipt: Receipt): PlainPage => ({
  language: receipt.language,
  title: receipt.texts[receipt.language].title,
  header: header(receipt),
  main: content(receipt),
});

function header({ token, language, texts, labels, state }: Receipt): string {
  const mark = `<p class="mark">${escaped(texts[language].title)}</p>`;
  const codes = Object.keys(texts);
  // After a deletion there is nothing left to be read in another language.
  if (codes.length < 2 || state.kind === 'forgotten') return mark;
  const links = codes.map((code) => {
    const current = code === language ? ' aria-current="true"' : '';
    const address = `${receiptUrl(token)}?language=${encodeURIComponent(code)}`;
    return `<a href="${escaped(address)}" lang="${escaped(code)}"${current}>${escaped(labels[code] ?? code)}</a>`;
  });
  const label = escaped(texts[language].language);
  return `${mark}<nav class="languages" aria-label="${label}">${links.join('')}</nav>`;
}

function content({ token, state, language, texts }: Receipt): string {
  const words = texts[language];
  const action = escaped(receiptUrl(token));
  const spoken = `<input type="hidden" name="language" value="${escaped(language)}">`;
  const notice = (text: string) => `${emptyOval}\n<h1 class="long">${escaped(text)}</h1>`;
  const picture = `${action}/${receiptPicture}`;
  const oval = (kind = '') =>
    `<div class="oval${kind}"><img src="${picture}" alt="${escaped(words.receiptFaceAlt)}" width="512" height="512"></div>`;
  switch (state.kind) {
    case 'face':
      return `${oval()}
<h1>${escaped(words.receiptTitle)}</h1>
<p>${escaped(fillText(words.receiptText, { date: dateIn(language, state.at) }))}</p>
<p class="number">${escaped(fillText(words.captionVisitor, { number: state.visitor }))}</p>
<div class="choices">
<a class="main" href="${picture}" download="familiar-face-${state.visitor}.webp">${escaped(words.receiptSave)}</a>
<form method="get" action="${action}">${spoken}<button class="quiet" name="forget" value="ask">${escaped(words.receiptForget)}</button></form>
</div>`;
    case 'sure':
      return `${oval(' oval-leaving')}
<h1 class="long">${escaped(words.receiptForgetSure)}</h1>
<div class="choices">
<form method="get" action="${action}">${spoken}<button class="main">${escaped(words.back)}</button></form>
<form method="post" action="${action}/forget?language=${escaped(encodeURIComponent(language))}"><button class="bad">${escaped(words.receiptForget)}</button></form>
</div>`;
    case 'becoming':
      return notice(words.receiptSoon);
    case 'forgotten':
      return notice(words.receiptForgotten);
    case 'unknown':
      return notice(words.receiptUnknown);
  }
}

const dateIn = (language: string, at: number): string => {
  try {
    return new Intl.DateTimeFormat(dialects[language] ?? language, { dateStyle: 'long' }).format(at);
  } catch {
    return new Intl.DateTimeFormat(dialects.en, { dateStyle: 'long' }).format(at);
  }
};

/** `en` alone would write dates as in the United States, with the month first. */
const dialects: Readonly<Record<string, string>> = { en: 'en-GB' };

import type { Config } from '../config/schema.ts';
import type { ConsentWords } from '../installation/ports.ts';
import type { Language } from '../protocol/parameters.ts';
import { builtInLanguages, completeTexts, consentPhotoKey, type Texts } from '../protocol/texts.ts';

/** Languages of the installation, named as they name themselves. */
export function languagesOf({ languages, texts }: Pick<Config, 'languages' | 'texts'>): readonly Language[] {
  return languages.map((code) => {
    const label = texts[code]?.name ?? builtInLanguages.find((language) => language.code === code)?.label ?? code;
    return { code, label };
  });
}

/** The texts of every language of the installation, complete, the first language first. */
export const allTexts = (config: Pick<Config, 'languages' | 'texts'>): Readonly<Record<string, Texts>> =>
  Object.fromEntries(
    languagesOf(config).map(({ code }) => {
      const { name: _, ...own } = config.texts[code] ?? {};
      return [code, completeTexts(code, own)];
    }),
  );

/**
 * What somebody agreed to, word for word, as the tablet showed it, and in which language that was: the first of the
 * piece where the tablet named none that it speaks, as tablets do.
 */
export function consentWords(
  texts: Readonly<Record<string, Texts>>,
  language: string | null,
  portraitsKept: boolean,
  beside: boolean,
): ConsentWords {
  const spoken = language !== null && Object.hasOwn(texts, language) ? language : Object.keys(texts)[0];
  const words = texts[spoken];
  const photograph = words[consentPhotoKey(portraitsKept, beside)];
  return {
    language: spoken,
    text: [words.consentText, photograph, words.consentForget, words.consentLeave].join('\n'),
  };
}

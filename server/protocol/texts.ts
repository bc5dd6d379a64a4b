import type { Language } from './parameters.ts';
import { german } from './texts-de.ts';
import { english } from './texts-en.ts';
import { french } from './texts-fr.ts';

/** Every text visitors see. installation.yaml may replace any of them, and add languages. */
export type Texts = { readonly [K in keyof typeof english]: string };
export type TextKey = keyof Texts;

export const textKeys = Object.keys(english) as readonly TextKey[];

/** Languages that come with the piece. */
export const builtInLanguages: readonly Language[] = [
  { code: 'en', label: 'English' },
  { code: 'de', label: 'Deutsch' },
  { code: 'fr', label: 'Français' },
];

export const builtInTexts: Readonly<Record<string, Texts>> = { en: english, de: german, fr: french };

/** The texts of a language: those of the installation, then those that come with the piece, then English. */
export const completeTexts = (code: string, own: Partial<Texts>): Texts => ({
  ...english,
  ...builtInTexts[code],
  ...own,
});

/** Which text says what becomes of the photograph. Pure. */
export const consentPhotoKey = (isKept: boolean, isBeside: boolean) =>
  `consentPhoto${isKept ? 'Kept' : ''}${isBeside ? 'Beside' : ''}` as const satisfies TextKey;

/** Puts values into the `{braces}` of a text. A name without a value is left as it is, so that a mistake shows. */
export const fillText = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));

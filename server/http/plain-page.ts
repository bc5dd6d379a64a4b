import { FamiliarError } from '../errors.ts';

/**
 * What the built page that is filled in here is known by: no address, so that nobody is given it as it is. Its style and type
 * are those of the tablets.
 */
export const plainTemplate = 'plain';

/** What is replaced in the built page, each exactly once. */
const slots = { language: '<html lang="en">', title: '<title>Familiar Faces</title>', content: '<!--content-->' };

/** Text and HTML of a page. `title` is text, `header` and `main` are HTML. */
export interface PlainPage {
  readonly language: string;
  readonly title: string;
  readonly header: string;
  readonly main: string;
}

/**
 * Makes pages from the built one that work without scripts, on any phone. Throws PAGES_MISSING where it is not what was
 * built.
 */
export function plainPages(template: string): (page: PlainPage) => string {
  for (const slot of Object.values(slots)) {
    if (template.split(slot).length === 2) continue;
    throw new FamiliarError(
      'PAGES_MISSING',
      `The page '${plainTemplate}' has no place for ${slot}. Run 'npm run build'.`,
    );
  }
  return ({ language, title, header, main }) =>
    // Functions: a `$` in somebody's words is no pattern.
    template
      .replace(slots.language, () => `<html lang="${escaped(language)}">`)
      .replace(slots.title, () => `<title>${escaped(title)}</title>`)
      .replace(slots.content, () => `<header>${header}</header>\n<main>${main}</main>`);
}

/** Text as it stands in HTML, also within quotation marks. */
export const escaped = (value: string): string => value.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** The oval of the tablets without a face. */
export const emptyOval = '<div class="oval oval-empty" aria-hidden="true"></div>';

/** The first language that a browser asks for (`Accept-Language`) and the piece speaks, else the piece's first. */
export function preferredLanguage(accepted: string | undefined, spoken: readonly string[]): string {
  const wanted = (accepted ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => part.split(';')[0].trim().toLowerCase());
  for (const want of wanted) {
    const match = spoken.find((code) => code.toLowerCase() === want || code.toLowerCase() === want.split('-')[0]);
    if (match !== undefined) return match;
  }
  return spoken[0];
}

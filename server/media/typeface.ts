import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const file = '@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2';

let read: string | undefined;

/**
 * The piece's typeface, Source Serif 4 (SIL Open Font License), as a style that carries the font in itself (160 KB), for
 * pages that must be whole as one file. Letters beyond Latin, and all where the package is missing, are the reader's own.
 */
export function typefaceStyle(): string {
  read ??= load();
  return read;
}

function load(): string {
  try {
    const font = readFileSync(createRequire(import.meta.url).resolve(file));
    const source = `url(data:font/woff2;base64,${font.toString('base64')}) format("woff2")`;
    return `@font-face { font-family: "Source Serif 4 Variable"; font-weight: 200 900; font-display: swap; src: ${source}; }\n`;
  } catch {
    return '';
  }
}

import { builtInLanguages, builtInTexts, textKeys } from '../protocol/texts.ts';

/** docs/texts.md: every text that visitors see, by the name under which installation.yaml can replace it. */
export function textsDocument(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = textKeys.map((key) => {
    const translations = builtInLanguages.map(({ code }) => cell(builtInTexts[code][key]));
    return `| \`${key}\` | ${translations.join(' | ')} |`;
  });
  return `# Words

Every text that visitors see. Replace any of them in installation.yaml, by language and name:

    texts:
      en:
        attractTitle: Who is next?

A language of your own needs its own name, and whatever you leave out is shown in English:

    languages: [en, nl]
    texts:
      nl:
        name: Nederlands
        attractTitle: Word het volgende gezicht

\`{number}\` and the like are filled in. If you change the words of consent, what each visitor agreed to is kept with their
face word for word, with its language and a checksum that tells one version of the words from another. This file is made
from the texts themselves; do not edit it.

| name | ${builtInLanguages.map(({ label }) => label).join(' | ')} |
|---|${builtInLanguages.map(() => '---|').join('')}
${rows.join('\n')}
`;
}

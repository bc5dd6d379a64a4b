import { languageOf } from '../model/tablet.ts';
import type { View } from './context.ts';

/** The language switch. */
export function Languages({ view }: { readonly view: View }) {
  const { state, tablet, texts, app } = view;
  if (!state || state.languages.length < 2) return null;
  const current = languageOf(tablet, state);
  return (
    <fieldset class="languages" aria-label={texts.language}>
      {state.languages.map(({ code, label }) => (
        <button
          key={code}
          type="button"
          class="quiet small"
          lang={code}
          aria-pressed={code === current}
          onClick={() => app.tell({ type: 'language', code, now: Date.now() })}
        >
          {label}
        </button>
      ))}
    </fieldset>
  );
}

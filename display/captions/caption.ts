import type { FrameKind } from '../../server/protocol/frame.ts';
import type { InstallationState } from '../../server/protocol/snapshot.ts';
import { fillText } from '../../server/protocol/texts.ts';

/** The words on the wall at one moment. Empty parts show nothing. */
export interface Caption {
  readonly language: string;
  /** Who is seen. */
  readonly title: string;
  /** What else there is to say. */
  readonly line: string;
  /** The curator's own line, below the face. */
  readonly message: string;
}

/** What is seen on the wall now, as the last picture says. */
export interface Seen {
  readonly kind: FrameKind;
  /** 0 where the face is nobody's. */
  readonly visitor: number;
}

/** How long each language stays when all take turns, ms. */
export const languageTurn = 9_000;

/** The language of this moment. All displays agree, because `now` is the server's time, ms since 1970. Pure. */
export function captionLanguage(state: InstallationState, now: number): string {
  const codes = state.languages.map(({ code }) => code);
  const chosen = state.parameters.captionLanguage as string;
  if (codes.includes(chosen)) return chosen;
  return codes[Math.floor(now / languageTurn) % codes.length] ?? 'en';
}

/** What the wall says. Pure. */
export function captionFor(state: InstallationState, seen: Seen | null, language: string): Caption {
  const { parameters } = state;
  const none: Caption = { language, title: '', line: '', message: parameters.message.trim() };
  const texts = state.texts[language];
  if (!parameters.caption || !texts || !seen) return none;
  const numbered = (text: string, number: number) => (number > 0 ? fillText(text, { number }) : '');
  switch (state.state) {
    case 'becoming':
      return { ...none, title: numbered(texts.captionBecoming, state.visit?.visitor ?? seen.visitor) };
    case 'attract': {
      const open = parameters.accepting && state.trouble === null;
      const line = [texts.captionAttract, open ? texts.captionInvite : ''].filter(Boolean).join('\n');
      return { ...none, title: numbered(texts.captionVisitor, seen.visitor), line };
    }
    default:
      return { ...none, title: numbered(texts.captionVisitor, seen.visitor) };
  }
}

import type { RefusalCode } from '../../../server/protocol/refusals.ts';
import type { TextKey } from '../../../server/protocol/texts.ts';

type Code = RefusalCode | 'unsent' | 'unanswered';

const texts: Partial<Record<Code, TextKey | null>> = {
  // The visit has moved on meanwhile, and the page with it: nothing to say.
  'wrong-state': null,
  'not-found': null,
  unsent: null,
  'not-your-visit': 'troubleBusy',
  'queue-full': 'queueFull',
  closed: 'troubleClosed',
  'camera-unavailable': 'troubleCamera',
  'engine-unavailable': 'troubleEngine',
  'no-face': 'framingProblem',
};

/** What to say to a visitor when a command was refused, or null where the page shows it anyway. */
export const refusalText = (code: Code): TextKey | null => {
  const text = texts[code];
  return text === undefined ? 'tryFailed' : text;
};

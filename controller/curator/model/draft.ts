/**
 * A value under somebody's hand, on its way to the server. While it is held, nobody else's change moves it; once it has
 * been let go and the server has it, the server's value is shown again.
 */
export interface Draft<T> {
  readonly value: T;
  /** A finger, or the keyboard's focus within a text, is still on it. */
  readonly held: boolean;
  /** Not sent yet. */
  readonly dirty: boolean;
  /** Sent, and not answered yet. */
  readonly waiting: boolean;
  /** When it is given up for the server's value, ms; null while it is held, dirty or waiting. */
  readonly settleUntil: number | null;
}

export type DraftEvent<T> =
  | { readonly type: 'edited'; readonly value: T; readonly held: boolean }
  | { readonly type: 'released' }
  | { readonly type: 'sent' }
  | { readonly type: 'answered'; readonly taken: boolean; readonly now: number }
  /** The server's value, or only time, has changed. */
  | { readonly type: 'passed'; readonly server: T; readonly now: number };

/** How long an answered value is shown while the server's update is still on its way, ms. */
const settleTime = 1_500;

/** The draft after an event, null where there is none (any more). Pure. */
export function reduceDraft<T>(
  draft: Draft<T> | null,
  event: DraftEvent<T>,
  same: (a: T, b: T) => boolean = Object.is,
): Draft<T> | null {
  if (event.type === 'edited') {
    return {
      value: event.value,
      held: event.held,
      dirty: true,
      waiting: draft?.waiting ?? false,
      settleUntil: null,
    };
  }
  if (!draft) return null;
  switch (event.type) {
    case 'released':
      return { ...draft, held: false };
    case 'sent':
      return { ...draft, dirty: false, waiting: true, settleUntil: null };
    case 'answered':
      // Refused: the server's value comes back at once, unless the hand is still moving.
      if (!event.taken && !draft.held && !draft.dirty) return null;
      return { ...draft, waiting: false, settleUntil: event.now + settleTime };
    case 'passed': {
      if (draft.held || draft.dirty || draft.waiting) return draft;
      const over = draft.settleUntil !== null && event.now >= draft.settleUntil;
      return over || same(draft.value, event.server) ? null : draft;
    }
  }
}

/** What to send now, where something is to be sent: one at a time, always the newest. Pure. */
export const toSend = <T>(draft: Draft<T> | null): { readonly value: T } | null =>
  draft?.dirty && !draft.waiting ? { value: draft.value } : null;

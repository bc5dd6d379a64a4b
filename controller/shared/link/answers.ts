import type { CommandAnswer } from '../../../server/protocol/commands.ts';
import type { RefusalCode } from '../../../server/protocol/refusals.ts';

/** What became of a command: the server's answer, or that there is none. */
export type Answer =
  | Extract<CommandAnswer, { status: 'done' | 'accepted' }>
  | {
      readonly status: 'refused';
      /** `unsent`: there is no connection. `unanswered`: it was sent, and may or may not have happened. */
      readonly code: RefusalCode | 'unsent' | 'unanswered';
      readonly reason: string;
    };

export const unsent: Answer = {
  status: 'refused',
  code: 'unsent',
  reason: 'There is no connection to the server. Nothing was changed.',
};

export const unanswered: Answer = {
  status: 'refused',
  code: 'unanswered',
  reason: 'The server did not answer. Look whether it has happened before trying again.',
};

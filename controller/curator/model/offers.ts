import type { Command } from '../../../server/protocol/commands.ts';
import type { InstallationState } from '../../../server/protocol/snapshot.ts';

export interface Offer {
  readonly label: string;
  readonly command: Command;
}

/** What a curator can do for the visit just now, besides the big buttons. Consent is the visitor's alone. Pure. */
export function offersFor({ state, visit, queue, trouble }: InstallationState): readonly Offer[] {
  switch (state) {
    case 'attract':
      return trouble ? [] : [{ label: 'Begin a visit', command: { type: 'begin' } }];
    case 'greet':
      return queue.called === null
        ? []
        : [{ label: `Begin with number ${queue.called}`, command: { type: 'begin', ticket: queue.called } }];
    case 'framing':
      return [{ label: 'Take the portrait', command: { type: 'capture' } }];
    case 'review':
      return visit?.portrait
        ? [
            { label: 'Keep it', command: { type: 'keep' } },
            { label: 'Once more', command: { type: 'again' } },
          ]
        : [];
    case 'countdown':
    case 'becoming':
    case 'arrived':
      return [];
  }
}

import type { Command } from '../../../server/protocol/commands.ts';
import type { CuratorState, InstallationState } from '../../../server/protocol/snapshot.ts';
import type { CuratorApp } from '../curator-app.ts';

/** What every panel is drawn from. */
export interface View {
  readonly app: CuratorApp;
  readonly state: InstallationState;
  readonly curator: CuratorState;
  /** The server's time now, ms since 1970. */
  readonly now: number;
  readonly send: (command: Command) => void;
}

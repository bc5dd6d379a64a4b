import type { InstallationState } from '../../../server/protocol/snapshot.ts';
import type { Texts } from '../../../server/protocol/texts.ts';
import type { Screen } from '../model/screen.ts';
import type { Tablet } from '../model/tablet.ts';
import type { VisitorApp } from '../visitor-app.ts';

/** What every part of the visitors' page is drawn from. */
export interface View {
  readonly app: VisitorApp;
  readonly screen: Screen;
  readonly state: InstallationState | null;
  readonly tablet: Tablet;
  readonly texts: Texts;
  readonly language: string;
}

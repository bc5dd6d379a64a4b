import type { ParameterValues } from '../server/protocol/parameters.ts';
import type { InstallationState } from '../server/protocol/snapshot.ts';
import type { StateName } from '../server/protocol/states.ts';
import type { Situation } from './scene/choreography.ts';
import type { Mood } from './scene/director.ts';

/** What the page itself knows. */
export interface Surroundings {
  /** What the last picture said of the visit, for as long as nothing better is known. */
  readonly pictureState: StateName;
  readonly hasFace: boolean;
  readonly connected: boolean;
  readonly wallReady: boolean;
  readonly portraitReady: boolean;
  readonly aspect: number;
  /** The server's time, ms since 1970. */
  readonly now: number;
}

/** The curator's wishes as the director wants them; before any are known, the face alone in full light. Pure. */
export function moodOf(parameters: ParameterValues | null, { hasFace, connected }: Surroundings): Mood {
  const look = (name: string) => (parameters?.look === name ? parameters.lookAmount : 0);
  return {
    frozen: parameters?.freeze ?? false,
    blackout: parameters?.blackout ?? false,
    brightness: parameters?.brightness ?? 1,
    painterly: look('painterly'),
    grain: look('grain'),
    testPattern: parameters?.testPattern ?? false,
    hasFace,
    connected,
  };
}

/** What is going on, as the choreography wants it. Pure. */
export function situationOf(state: InstallationState | null, around: Surroundings): Situation {
  return {
    state: state?.state ?? around.pictureState,
    attractStyle: state?.parameters.attractStyle ?? 'film',
    wallReady: around.wallReady,
    portrait: around.portraitReady,
    aspect: around.aspect,
    seconds: around.now / 1_000,
  };
}

/** Address of the photograph to be shown beside the face, null where none is. Pure. */
export function portraitWanted(state: InstallationState | null): string | null {
  if (!state?.parameters.portraitBeside) return null;
  return state.state === 'becoming' || state.state === 'arrived' ? (state.visit?.portrait ?? null) : null;
}

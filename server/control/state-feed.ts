import { isDeepStrictEqual } from 'node:util';
import type { CuratorState, CurvePoint, InstallationState, StateUpdate } from '../protocol/snapshot.ts';
import type { View } from './state-view.ts';

/** What one page has been told, so that it is only told what changed. */
export class StateFeed {
  #told: View | null = null;
  #revision = 0;

  /** The whole, for a page that knows nothing or lost count. */
  whole(view: View, now: number): InstallationState {
    this.#told = view;
    this.#revision += 1;
    // The curve grows in place outside; what is sent must not.
    return { ...view, curve: [...view.curve], revision: this.#revision, now };
  }

  /**
   * What changed since; null where nothing did.
   * @param curve new points, or that it begins anew; the curve of the view is not compared
   */
  update(
    view: View,
    curve: { readonly cleared: boolean; readonly points: readonly CurvePoint[] },
    now: number,
  ): StateUpdate | null {
    const told = this.#told;
    if (!told) return null;
    const changes: Record<string, unknown> = changed(told, view, ['curve', 'curator']);
    if (curve.cleared) changes.curve = [];
    const curator: Partial<CuratorState> | undefined =
      told.curator && view.curator ? changed(told.curator, view.curator, ['log']) : undefined;
    this.#told = view;
    const hasCurator = curator !== undefined && Object.keys(curator).length > 0;
    if (Object.keys(changes).length === 0 && !hasCurator && curve.points.length === 0) return null;
    this.#revision += 1;
    return {
      revision: this.#revision,
      now,
      changes,
      ...(hasCurator && { curator }),
      ...(curve.points.length > 0 && { curvePoints: curve.points }),
    };
  }
}

/** The parts of `after` that differ. Most are the same object as before, which is quick to see. */
function changed<T extends object>(before: T, after: T, except: readonly (keyof T)[]): Partial<T> {
  const keys = (Object.keys(after) as (keyof T)[]).filter((key) => !except.includes(key));
  const different = keys.filter((key) => before[key] !== after[key] && !isDeepStrictEqual(before[key], after[key]));
  return Object.fromEntries(different.map((key) => [key, after[key]])) as Partial<T>;
}

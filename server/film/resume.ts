import { FamiliarError } from '../errors.ts';
import type { FilmRecord } from '../media/film-record.ts';
import type { FilmPlan, FilmTask } from './film-plan.ts';

/**
 * Refuses to go on with a film that would not be the one begun: throws FILM_DIFFERENT, naming what differs.
 */
export function checkResumable(
  recordPath: string,
  record: FilmRecord,
  plan: FilmPlan,
  pack: FilmRecord['pack'],
  tasks: readonly FilmTask[],
): void {
  const differences: string[] = [];
  if (record.pack.sha256 !== pack.sha256)
    differences.push(`the face pack was '${record.pack.name}' in another version`);
  for (const [key, value] of Object.entries(plan.settings)) {
    const stored = record.settings[key];
    if (stored !== value) differences.push(`${key} was ${stored}`);
  }
  record.faces.forEach((face, i) => {
    if (tasks[i]?.portrait !== face.portrait) differences.push(`face ${i + 1} was ${face.portrait}`);
  });
  if (differences.length > 0) {
    throw new FamiliarError(
      'FILM_DIFFERENT',
      `${recordPath} is of another film: ${differences.join('; ')}. Give the same portraits and options, leave --resume out to begin again, or choose another folder.`,
    );
  }
}

/** What training code calls the average of a network's weights over time; `Gs` is NVIDIA's of the TensorFlow era. */
const words = new Set([
  ...['ema', 'emas', 'avg', 'average', 'averaged', 'averager', 'swa', 'smooth', 'smoothed', 'running', 'shadow'],
  ...['teacher', 'polyak', 'mean', 'moving', 'slow', 'gs', 'gema'],
]);

/** What the weights of the moment are called beside an average. */
const rawWords = new Set(['online', 'raw', 'student', 'current', 'backup']);

/**
 * What a copy's place in a file says of it: `averaged` (`G_ema`, `netGEma`, `params_ema`, `ema_0.999.generator`), `raw`
 * (`ema.online_model`), or neither.
 */
export function kindOfCopy(name: string): 'averaged' | 'raw' | 'plain' {
  const parts = name.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).map((part) => part.toLowerCase());
  // The word nearest to the tensors decides.
  const last = parts.findLast((part) => words.has(part) || rawWords.has(part));
  return last === undefined ? 'plain' : words.has(last) ? 'averaged' : 'raw';
}

export const isAveraged = (name: string): boolean => kindOfCopy(name) === 'averaged';

/**
 * What has to be said of the copy that is taken: nothing where there is only one. `hasUnnamed` stands for an average
 * that is a list without names.
 */
export function choiceNote(names: readonly string[], taken: string, hasUnnamed: boolean): string[] {
  const shown = (name: string): string => name || 'the outermost one';
  if (hasUnnamed && !isAveraged(taken)) {
    return [
      `The file has an average without names (shadow_params), which cannot be read: the trained network, ${shown(taken)}, is taken. Save the averaged network’s state dict for better faces.`,
    ];
  }
  if (names.length < 2) return [];
  const list = names.slice(0, 6).map(shown).join(', ');
  const what = isAveraged(taken) ? `the averaged one, ${shown(taken)}` : `none is called averaged, and ${shown(taken)}`;
  return [`The file has ${names.length} copies of a generator (${list}): ${what}, is taken.`];
}

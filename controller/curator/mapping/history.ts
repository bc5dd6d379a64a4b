/** What can be undone: the values before, newest last. */
export type History<T> = readonly T[];

const longest = 50;

/** Remembers a value before it is changed. Pure. */
export const remember = <T>(history: History<T>, value: T): History<T> =>
  history.at(-1) === value ? history : [...history, value].slice(-longest);

/** The newest value and what remains, or null where nothing is left. Pure. */
export function undo<T>(history: History<T>): { readonly value: T; readonly rest: History<T> } | null {
  const value = history.at(-1);
  return value === undefined ? null : { value, rest: history.slice(0, -1) };
}

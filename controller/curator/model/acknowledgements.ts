import type { Answer } from '../../shared/link/answers.ts';

/** What became of one thing the curator did. */
export interface Acknowledgement {
  /** Counts up; newer is larger. */
  readonly id: number;
  readonly key: string;
  readonly label: string;
  readonly status: 'sending' | 'accepted' | 'done' | 'refused';
  /** Why it was refused. */
  readonly reason: string;
  /** When the status changed, ms on the local clock. */
  readonly at: number;
}

export interface Acknowledgements {
  readonly nextId: number;
  /** Newest first. */
  readonly list: readonly Acknowledgement[];
}

export const noAcknowledgements: Acknowledgements = { nextId: 1, list: [] };

const kept = 30;

/** A command is on its way: a new line, or the newest line of the same key again. Returns its id. Pure. */
export function sending(
  { nextId, list }: Acknowledgements,
  key: string,
  label: string,
  now: number,
): { readonly acknowledgements: Acknowledgements; readonly id: number } {
  const entry: Acknowledgement = { id: nextId, key, label, status: 'sending', reason: '', at: now };
  const [newest, ...rest] = list;
  const others = newest?.key === key && newest.status !== 'refused' ? rest : list;
  return { acknowledgements: { nextId: nextId + 1, list: [entry, ...others].slice(0, kept) }, id: nextId };
}

/** The answer has come. One for a line that has been taken over since is dropped, unless it is a refusal. Pure. */
export function answered(
  { nextId, list }: Acknowledgements,
  id: number,
  answer: Answer,
  now: number,
): Acknowledgements {
  const status = answer.status;
  const reason = answer.status === 'refused' ? answer.reason : '';
  return { nextId, list: list.map((entry) => (entry.id === id ? { ...entry, status, reason, at: now } : entry)) };
}

/** How long the newest one is shown, ms. A refusal wants to be read. */
const shownFor = { sending: 10_000, accepted: 4_000, done: 2_500, refused: 8_000 } as const;

/** What the strip shows now: the newest, as long as it is fresh; a refusal stays before what came after it. Pure. */
export function freshest({ list }: Acknowledgements, now: number): Acknowledgement | null {
  const fresh = list.filter(({ at, status }) => now - at < shownFor[status]);
  return fresh.find(({ status }) => status === 'refused') ?? fresh[0] ?? null;
}

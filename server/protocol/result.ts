import type { RefusalCode } from './refusals.ts';

/** What checking something from outside gives: the value, or why not, as a stable code and a sentence for a person. */
export type Result<T> = { readonly ok: true; readonly value: T } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly reason: string;
}

export const accept = <T>(value: T): Result<T> => ({ ok: true, value });
export const refuse = (code: RefusalCode, reason: string): Refusal => ({ ok: false, code, reason });

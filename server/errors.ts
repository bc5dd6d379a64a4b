/**
 * An error a person can act on. `code` is stable (tests, logs and clients rely on it); `message` is one plain sentence
 * that says what is wrong and what to do. Anything else that is thrown is a defect of ours.
 *
 * Each room keeps named constructors for its own codes beside its code (`server/face/errors.ts`, ...).
 */
export class FamiliarError extends Error {
  /** Process exit code when a command ends with this error: 2 for wrong usage, 1 for the rest. */
  readonly exitCode: 1 | 2;

  readonly code: string;

  constructor(code: string, message: string, options: { cause?: unknown; exitCode?: 1 | 2 } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FamiliarError';
    this.code = code;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** Wrong usage of a command: exit code 2. */
export const usageError = (message: string): FamiliarError => new FamiliarError('USAGE', message, { exitCode: 2 });

/** The sentence to show for anything thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

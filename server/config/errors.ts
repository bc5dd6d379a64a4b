import { FamiliarError } from '../errors.ts';

/** A problem of installation.yaml at its place; line and column count from 1. */
export interface ConfigProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Every problem of a configuration file at once. */
export class ConfigError extends FamiliarError {
  readonly file: string;
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    super('CONFIG_INVALID', lines.join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

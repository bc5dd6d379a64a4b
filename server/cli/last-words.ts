import { CommanderError } from 'commander';
import { FamiliarError, messageOf } from '../errors.ts';
import { fileError } from '../files/errors.ts';

/** Set to anything, every error comes with the place in the code where it happened. */
const TRACE = 'FAMILIAR_FACES_TRACE';

/**
 * What a command prints about the error that ended it, ending with a line break; empty for Commander's own errors, which
 * are printed already. One line a person can act on; the stack only for those who set FAMILIAR_FACES_TRACE.
 */
export function lastWords(error: unknown, env: NodeJS.ProcessEnv = process.env): string {
  if (error instanceof CommanderError) return '';
  const stack = env[TRACE] && error instanceof Error ? `${error.stack}\n` : '';
  return `familiar-faces: ${sentenceOf(error)}\n${stack}`;
}

/** 2 for wrong usage, 0 for --help and --version (Commander ends those by throwing as well), 1 for everything else. */
export function exitCodeOf(error: unknown): 0 | 1 | 2 {
  if (error instanceof FamiliarError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return 1;
}

function sentenceOf(error: unknown): string {
  if (error instanceof FamiliarError) return error.message;
  // What the operating system refused, and nobody on the way has put into words.
  const { syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== undefined) return fileError(path ?? syscall, error).message;
  const [first = ''] = messageOf(error).split('\n');
  return `this should not have happened: ${first.replace(/\.$/, '')}. It is a fault of the program; set ${TRACE}=1, run the command again, and report what it prints.`;
}

/**
 * Gives errors that no command awaits the same words as all others. A command with an answer of its own, such as `start`,
 * keeps it. A reader that closes the pipe, such as `head`, ends the command without a word.
 */
export function catchUnawaited(): void {
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    const isReaderGone = error.code === 'EPIPE' && error.syscall === 'write';
    if (!isReaderGone) process.stderr.write(lastWords(error));
    process.exit(isReaderGone ? 0 : 1);
  });
}

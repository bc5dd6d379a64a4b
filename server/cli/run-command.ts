import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../paths.ts';
import { registerAlign } from './align.ts';
import { registerBench } from './bench.ts';
import { registerBenchLive } from './bench-live.ts';
import { registerCertificate } from './certificate.ts';
import { registerCheck } from './check.ts';
import { registerDistance } from './distance.ts';
import { registerDoctor } from './doctor.ts';
import { registerFilm } from './film.ts';
import { registerImport } from './import.ts';
import { registerInspect } from './inspect.ts';
import { exitCodeOf, lastWords } from './last-words.ts';
import { registerRender } from './render.ts';
import { registerStart } from './start.ts';

/**
 * Runs `familiar-faces` with its arguments. Every error is one line that a person can act on, given to `sayError`.
 *
 * @returns the exit code that the error asks for; 0 where there was none.
 */
export async function runCommand(args: readonly string[], sayError: (text: string) => void): Promise<0 | 1 | 2> {
  const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const program = new Command('familiar-faces').description(description).version(version).exitOverride();
  program.configureOutput({
    outputError: (text) => sayError(text.replace(/^error: /, 'familiar-faces: ')),
    writeErr: sayError,
  });
  program.showSuggestionAfterError();
  for (const register of [
    registerFilm,
    registerRender,
    registerDistance,
    registerAlign,
    registerImport,
    registerInspect,
    registerBench,
    registerBenchLive,
    registerDoctor,
    registerCheck,
    registerCertificate,
    registerStart,
  ])
    register(program);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    sayError(lastWords(error));
    return exitCodeOf(error);
  }
}

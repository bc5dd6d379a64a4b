import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { registerAlign } from './cli/align.ts';
import { registerBench } from './cli/bench.ts';
import { registerBenchLive } from './cli/bench-live.ts';
import { registerCertificate } from './cli/certificate.ts';
import { registerCheck } from './cli/check.ts';
import { registerDistance } from './cli/distance.ts';
import { registerDoctor } from './cli/doctor.ts';
import { registerFilm } from './cli/film.ts';
import { registerImport } from './cli/import.ts';
import { registerInspect } from './cli/inspect.ts';
import { registerRender } from './cli/render.ts';
import { registerStart } from './cli/start.ts';
import { FamiliarError } from './errors.ts';
import { packageRoot } from './paths.ts';

/** The `familiar-faces` command. Errors that a person can act on are one line; everything else shows where it broke. */
async function main(): Promise<void> {
  const { version, description } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const program = new Command('familiar-faces').description(description).version(version).exitOverride();
  program.configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'familiar-faces: ')) });
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
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof FamiliarError) process.stderr.write(`familiar-faces: ${error.message}\n`);
    else if (!(error instanceof CommanderError)) process.stderr.write(`${(error as Error)?.stack ?? String(error)}\n`);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof FamiliarError) return error.exitCode;
  // Commander ends --help and --version by throwing as well.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return 1;
}

await main();

import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * Starts a module of ours as a child process, from sources as from dist/: the compiler rewrites the endings of imports
 * but not of file names in strings.
 *
 * @param name the module without its ending, relative to the caller: './probe-child'
 * @param caller the caller's import.meta.url
 */
export function forkModule(
  name: string,
  caller: string,
  options: ForkOptions & { args?: string[] } = {},
): ChildProcess {
  const ending = extname(fileURLToPath(caller));
  const { args = [], ...rest } = options;
  return fork(fileURLToPath(new URL(name + ending, caller)), args, {
    execArgv: ending === '.ts' ? ['--import', typeScriptLoader()] : [],
    ...rest,
  });
}

/** Development only: node 20 runs no TypeScript by itself. */
const typeScriptLoader = (): string => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

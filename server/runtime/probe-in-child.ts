import type { ChildProcess } from 'node:child_process';
import type { Engine } from './engines.ts';
import { forkModule } from './fork-module.ts';
import type { ProbeMessage } from './probe-child.ts';

/** Generous: a software GPU compiles its shaders slowly, and a cold disk loads CUDA slowly. */
const TIME_LIMIT_MS = 60_000;
const MAX_COMPLAINT = 4_000;

/**
 * Tries an engine out in a process of its own, so that a driver that crashes or hangs takes nothing down.
 * Never rejects: whatever happens to the child is the reason.
 */
export function probeInChild(
  engine: Engine,
  { timeLimitMs = TIME_LIMIT_MS, start = startChild } = {},
): Promise<ProbeMessage> {
  const child = start(engine);
  return new Promise((resolve) => {
    const finish = (message: ProbeMessage) => {
      clearTimeout(timer);
      resolve(message);
      if (child.exitCode === null) child.kill('SIGKILL');
    };
    const timer = setTimeout(
      () => finish({ reason: `it gave no answer within ${Math.round(timeLimitMs / 1000)} s` }),
      timeLimitMs,
    );
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-MAX_COMPLAINT);
    });
    child.on('message', (message: ProbeMessage) => finish(message));
    child.on('error', (error) => finish({ reason: error.message }));
    // After an answer this changes nothing any more.
    child.on('close', (code, signal) =>
      finish({ reason: `it crashed (${signal ?? `exit code ${code}`})${lastLine(complaint)}` }),
    );
  });
}

const startChild = (engine: Engine): ChildProcess =>
  forkModule('./probe-child', import.meta.url, { args: [engine], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });

function lastLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length === 0 ? '' : `: ${lines[lines.length - 1].trim().slice(0, 200)}`;
}

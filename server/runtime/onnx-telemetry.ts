import { lstat, readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * ONNX Runtime's library reports to its makers unless this variable forbids it. The library looks at it once, when it
 * loads, so that this must be called before; whatever the variable held, it is 1 afterwards. Children inherit it.
 */
export function forbidOnnxTelemetry(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}

/** Where the traces are looked for. */
export interface TracePlaces {
  /** The folder of the device id and of the events that wait to be sent. */
  readonly store: string;
  /** The system's folder for temporary files. */
  readonly temporary: string;
  /** Only files of this user are removed; undefined on Windows, where this telemetry does not exist. */
  readonly user: number | undefined;
  readonly isRunning: (processId: number) => boolean;
}

/**
 * Removes what ONNX Runtime's telemetry has left on this computer: the device id, the stored events, and, where these
 * were there, the session file and the empty log of each process that has ended. Other programs' files stay: a temporary
 * file must have the name, the content and the owner that the telemetry's have. Never rejects: what cannot be removed stays.
 *
 * @returns what was removed
 */
export async function removeOnnxTraces(places: TracePlaces = usualPlaces()): Promise<string[]> {
  const removed: string[] = [];
  if (!(await remove(places.store, removed))) return removed;
  // Microsoft's folders around it go as well where nothing else is in them.
  for (const folder of [dirname(places.store), dirname(dirname(places.store))]) await rmdir(folder).catch(() => {});
  for (const name of await readdir(places.temporary).catch((): string[] => [])) {
    const path = join(places.temporary, name);
    if (await isTrace(path, name, places)) await remove(path, removed);
  }
  return removed;
}

async function isTrace(path: string, name: string, { user, isRunning }: TracePlaces): Promise<boolean> {
  const [, processId] = /^mat-debug-(\d+)\.log$/.exec(name) ?? [];
  if (processId === undefined && name !== '.ses') return false;
  try {
    const file = await lstat(path);
    if (!file.isFile() || file.uid !== user) return false;
    if (processId !== undefined) return file.size === 0 && !isRunning(Number(processId));
    return file.size < 100 && /^\d{13}\n[\da-f-]{36}\n$/.test(await readFile(path, 'utf8'));
  } catch {
    return false;
  }
}

/** Whether there was something, and it is gone. */
async function remove(path: string, removed: string[]): Promise<boolean> {
  try {
    await rm(path, { recursive: true });
    removed.push(path);
    return true;
  } catch {
    return false;
  }
}

const usualPlaces = (): TracePlaces => ({
  store: join(cacheFolder(), 'Microsoft', 'DeveloperTools', '.onnxruntime'),
  temporary: tmpdir(),
  user: process.getuid?.(),
  isRunning: (processId) => {
    try {
      process.kill(processId, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ESRCH';
    }
  },
});

function cacheFolder(): string {
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
}

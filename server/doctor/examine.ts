import { readdirSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { checkCodecs } from '../media/check-codecs.ts';
import { loadFacePack } from '../networks/face-pack.ts';
import { packageRoot } from '../paths.ts';
import { probeEngines } from '../runtime/probe-engines.ts';
import { listCameras } from './cameras.ts';

/** One thing that was tried out on this machine. */
export interface Finding {
  readonly part: 'machine' | 'engine' | 'codec' | 'camera' | 'pack';
  readonly name: string;
  readonly ok: boolean;
  /** What was found; where it does not work, why and what to do. */
  readonly detail: string;
}

/** Tries everything out, one part after the other, and yields each finding as it is made. Never throws. */
export async function* examine(): AsyncGenerator<Finding> {
  yield machine();
  for (const probe of await probeEngines()) {
    yield probe.ok
      ? {
          part: 'engine',
          name: probe.engine,
          ok: true,
          detail: `${probe.name}, a small step in ${probe.milliseconds.toFixed(0)} ms`,
        }
      : { part: 'engine', name: probe.engine, ok: false, detail: `${probe.reason}. ${probe.advice}` };
  }
  try {
    for (const { codec, problem } of await checkCodecs()) {
      yield { part: 'codec', name: codec, ok: problem === undefined, detail: problem ?? 'writes and reads back' };
    }
  } catch (error) {
    yield { part: 'codec', name: 'FFmpeg', ok: false, detail: messageOf(error) };
  }
  yield* await listCameras();
  yield* packs();
}

function machine(): Finding {
  const [{ model }] = cpus();
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  return {
    part: 'machine',
    name: process.platform,
    ok: true,
    detail: `${model}, ${availableParallelism()} cores, ${gigabytes(totalmem())} GiB memory (${gigabytes(freemem())} free), Node ${process.version}`,
  };
}

function packs(): Finding[] {
  const folder = join(packageRoot, 'models');
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'training')
    .map((entry) => entry.name);
  return names.map((name) => {
    try {
      const { description } = loadFacePack(join(folder, name));
      return {
        part: 'pack',
        name,
        ok: true,
        detail: `${description.architecture}, ${description.resolution} px; licence: ${description.licence}`,
      };
    } catch (error) {
      return { part: 'pack', name, ok: false, detail: messageOf(error) };
    }
  });
}

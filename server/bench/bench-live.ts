import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseConfig } from '../config/read-config.ts';
import { FamiliarError } from '../errors.ts';
import { resized } from '../image/resize.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { sharp } from '../image/sharp.ts';
import type { Sender } from '../installation/machine-types.ts';
import type { CameraPort, Photograph } from '../installation/ports.ts';
import { type Live, startLive } from '../main.ts';
import { freePort } from './free-port.ts';
import { quantile, startAudience } from './live-audience.ts';

export interface LiveBenchOptions {
  readonly pack: string;
  readonly engine: string;
  /** Displays that watch. */
  readonly displays: number;
  /** Seconds of each measurement. */
  readonly seconds: number;
}

export interface LiveBench {
  /** Seconds from the start of the server to the first picture on a display. */
  readonly startToAttract: number;
  /** Seconds from “keep” to the first picture of the visitor's face at a display. */
  readonly keepToFace: number;
  /** Milliseconds from a picture being made to its having arrived at a display on this machine. */
  readonly latency: { readonly median: number; readonly p95: number };
  readonly displays: {
    readonly count: number;
    readonly size: number;
    /** Pictures a second offered, and got by the display that got fewest. */
    readonly offered: number;
    readonly fewest: number;
  };
  /** Steps a second of the projection with nobody watching, with all displays, and the part that is lost. */
  readonly steps: { readonly alone: number; readonly watched: number; readonly lost: number };
}

const fps = 30;
const size = 512;
const visitor: Sender = { source: 'visitor', client: 'bench-tablet' };

/** Measures the live piece on this machine: a visit from start to face, then how much an audience costs the engine. */
export async function benchLive(options: LiveBenchOptions): Promise<LiveBench> {
  const folder = await mkdtemp(join(tmpdir(), 'familiar-bench-'));
  const began = performance.now();
  const live = await begin(options, folder);
  try {
    const one = startAudience(live.address, 1, size);
    await until(() => one.received() > 0, 60, 'no picture came from the engine');
    const startToAttract = (performance.now() - began) / 1_000;
    await live.engine.whenReady();

    const keepToFace = await visit(live, () => one.received('face'));
    one.close();

    await settle(options.seconds);
    const alone = stepRate(live);
    const source = offerPictures(live, await live.engine.render([{ source: { kind: 'start' }, share: 1 }]));
    const all = startAudience(live.address, options.displays, size);
    await settle(options.seconds);
    const watched = stepRate(live);
    source.stop();
    const latencies = all.latencies().sort((a, b) => a - b);
    const offered = source.count() / options.seconds;
    const fewest = all.fewest() / options.seconds;
    all.close();
    return {
      startToAttract,
      keepToFace,
      latency: { median: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) },
      displays: { count: options.displays, size, offered, fewest },
      steps: { alone, watched, lost: 1 - watched / alone },
    };
  } finally {
    await live.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lets a running mean of the engine's speed become that of these seconds. */
const settle = (seconds: number): Promise<void> => wait(seconds * 1_000);
const stepRate = (live: Live): number => live.engine.health.stepsPerSecond ?? 0;

async function begin(options: LiveBenchOptions, folder: string): Promise<Live> {
  for (const page of ['display', 'controller/visitor', 'controller/curator']) {
    await mkdir(join(folder, 'pages', page), { recursive: true });
    await writeFile(join(folder, 'pages', page, 'index.html'), '<title>bench</title>');
  }
  const yaml = {
    pack: options.pack,
    engine: { runtime: options.engine },
    server: { host: '127.0.0.1', port: await freePort(), pin: 'bench' },
    osc: { enabled: false },
    portrait: { severalFaces: 'largest' },
    // Long enough that the becoming goes on through all of the measuring.
    live: { pace: 600, countdown: 0, attractPace: 4 },
  };
  const started: { live: Live | null } = { live: null };
  const live = await startLive({
    config: parseConfig(JSON.stringify(yaml), 'bench'),
    folder,
    pages: join(folder, 'pages'),
    createCamera: () => pictureOfNobody(() => started.live),
  });
  started.live = live;
  return live;
}

/** Goes through a visit as a tablet would; returns seconds from “keep” to the first face that a display gets. */
async function visit({ installation }: Live, faces: () => number): Promise<number> {
  for (const command of ['begin', 'consent', 'capture'] as const) {
    const answer = installation.command(command, visitor);
    if (answer.status === 'refused') throw failed(`“${command}” was refused: ${answer.reason}`);
  }
  await until(
    () => installation.state.visit?.portrait || installation.state.name === 'framing',
    30,
    'no portrait came',
  );
  const { visit: inHand } = installation.state;
  if (!inHand?.portrait) throw failed(`the portrait was refused: ${inHand?.problem?.message ?? ''}`);
  const kept = performance.now();
  installation.command('keep', visitor);
  await until(() => faces() > 1, 60, 'the becoming made no step');
  return (performance.now() - kept) / 1_000;
}

/** A camera before which stands a face that the pack made: the measure needs no photographs. */
function pictureOfNobody(live: () => Live | null): CameraPort {
  const none = () => () => {};
  const takeStill = async (): Promise<Photograph> => {
    const face = await live()?.engine.render([{ source: { kind: 'nobody', seed: 3 }, share: 1 }]);
    if (!face) throw failed('the engine is not there');
    const { width, height, data } = await resized(face, 640, 640);
    const around = { top: 160, bottom: 160, left: 320, right: 320, extendWith: 'copy' as const };
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .extend(around)
      .jpeg({ quality: 95 })
      .toBuffer();
    return { bytes, at: Date.now() };
  };
  return {
    health: { level: 'good', name: 'bench', message: '', since: Date.now(), fps: null },
    waiting: false,
    onHealth: none,
    onPreview: none,
    onWaiting: none,
    use: () => {},
    setPreview: () => {},
    takeStill,
    close: async () => {},
  };
}

/** Thirty pictures a second for the displays, each another, so that none is encoded once for all. */
function offerPictures(live: Live, face: RgbImage): { stop(): void; count(): number } {
  const pictures = [0, 1, 2, 3].map(async (shift) => {
    const { width, height, data } = await resized(face, size, size);
    return { width, height, data: data.map((value) => Math.min(255, value + shift)) };
  });
  let count = 0;
  const timer = setInterval(async () => {
    const image = await pictures[count % pictures.length];
    count += 1;
    const header = {
      kind: 'face',
      state: 'becoming',
      blend: 33,
      visitor: 1,
      likeness: 0.5,
      capturedAt: Date.now(),
    } as const;
    live.stream.show(image, header);
  }, 1_000 / fps);
  return { stop: () => clearInterval(timer), count: () => count };
}

async function until(what: () => unknown, seconds: number, failure: string): Promise<void> {
  const end = performance.now() + seconds * 1_000;
  while (!what()) {
    if (performance.now() > end) throw failed(`after ${seconds} s ${failure}`);
    await wait(5);
  }
}

const failed = (why: string): FamiliarError =>
  new FamiliarError('BENCH_FAILED', `The live piece cannot be measured: ${why.replace(/\.$/, '')}.`);

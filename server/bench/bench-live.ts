import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseConfig } from '../config/read-config.ts';
import { FamiliarError } from '../errors.ts';
import type { Sender } from '../installation/machine-types.ts';
import { type Live, startLive } from '../main.ts';
import { Crowd } from './crowd.ts';
import { freePort } from './free-port.ts';
import { startAudience } from './live-audience.ts';
import { PictureSource } from './picture-source.ts';
import { posingCamera } from './posing-camera.ts';
import { quantile } from './quantile.ts';
import { openWall } from './wall-browser.ts';

export interface LiveBenchOptions {
  readonly pack: string;
  readonly engine: string;
  /** Displays that watch. */
  readonly displays: number;
  /** Seconds of each measurement; twice that with nobody watching, and with all displays. */
  readonly seconds: number;
  /** Program that draws the wall; null measures no drawing. */
  readonly browser: string | null;
  /** Where the pages were built; those of the package where it is left out. */
  readonly pages?: string;
}

export interface LiveBench {
  /** Seconds from the command to the first picture on a display. */
  readonly startToAttract: number;
  /** Seconds from “keep” to the first picture of the visitor's face at a display. */
  readonly keepToFace: number;
  /** Milliseconds from a picture being made to its having arrived at a display on this machine. */
  readonly latency: { readonly median: number; readonly p95: number };
  /**
   * In a browser on this machine: 95th percentile of the milliseconds from a picture being made to the end of the drawing
   * that first shows it, in the median and in the worst of all spans of 5 seconds, and drawings a second. Null where there
   * is no browser.
   */
  readonly drawn: { readonly p95: number; readonly worst: number; readonly fps: number } | null;
  readonly displays: {
    readonly count: number;
    /** Longest sides of the pictures they got, px: smallest and largest. */
    readonly sides: readonly [number, number];
    /** Pictures a second offered, got by the display that got fewest, and by all on average. */
    readonly offered: number;
    readonly fewest: number;
    readonly mean: number;
  };
  /** Steps a second of the projection with nobody watching, with all displays, and the part that is lost. */
  readonly steps: { readonly alone: number; readonly watched: number; readonly lost: number };
  /** Processors busy: with the server, with nobody watching and with all displays; with the displays themselves. */
  readonly processors: { readonly alone: number; readonly watched: number; readonly displays: number };
  /** Load average of the last minute, before and after: other programs' share shows here. */
  readonly load: readonly [number, number];
}

const fps = 30;
const size = 512;
/** How often it is measured with nobody watching, and how often with all displays. */
const turns = 4;
/** What a display's report looks back on, s. */
const reportSpan = 5;
const visitor: Sender = { source: 'visitor', client: 'bench-tablet' };

/** Measures the live piece on this machine: a visit from start to face, then how much an audience costs the engine. */
export async function benchLive(options: LiveBenchOptions): Promise<LiveBench> {
  const folder = await mkdtemp(join(tmpdir(), 'familiar-bench-'));
  const loadBefore = loadavg()[0];
  const { live, source } = await begin(options, folder);
  try {
    const one = startAudience(live.address, 1, size);
    await until(() => one.received() > 0, 60, 'no picture came from the engine');
    const startToAttract = performance.now() / 1_000;
    await live.engine.whenReady();
    const keepToFace = await visit(live, () => one.received('face'));
    one.close();

    await source.takeOver(await live.engine.render([{ source: { kind: 'start' }, share: 1 }]), size);
    const crowd = new Crowd({ address: live.address, displays: options.displays, size });
    // The first take waits for the process; what is seen until the second is a warming up.
    await crowd.take();
    source.offer(fps);
    await wait(1_000);
    await crowd.take();
    const [alone, watched] = [new Stretch(live), new Stretch(live)];
    const offeredBefore = source.offered;
    // By turns, in an order that turns too, so that what changes meanwhile, in the search or on the machine, counts for both.
    for (let turn = 0; turn < turns; turn++) {
      for (const stretch of turn % 2 === 0 ? [watched, alone] : [alone, watched]) {
        source.pause();
        if (stretch === watched) source.offer(fps);
        await stretch.measure((2 * options.seconds) / turns);
      }
    }
    source.pause();
    const seen = await crowd.take();
    const offered = (source.offered - offeredBefore) / watched.seconds;
    crowd.close();
    source.offer(fps);
    const drawn = options.browser ? await drawing(live, options.browser, options.seconds) : null;

    const latencies = seen.latencies.toSorted((a, b) => a - b);
    const rates = seen.received.map((count) => count / watched.seconds);
    return {
      startToAttract,
      keepToFace,
      latency: { median: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) },
      drawn,
      displays: {
        count: options.displays,
        sides: seen.sides,
        offered,
        fewest: Math.min(...rates),
        mean: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
      },
      steps: { alone: alone.steps, watched: watched.steps, lost: 1 - watched.steps / alone.steps },
      processors: {
        alone: alone.processors,
        watched: watched.processors,
        displays: seen.cpu / 1_000 / watched.seconds,
      },
      load: [loadBefore, loadavg()[0]],
    };
  } finally {
    source.pause();
    await live.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Steps of the engine, and processors that this process keeps busy, over all that was measured. */
class Stretch {
  seconds = 0;
  readonly #live: Live;
  #steps = 0;
  #cpu = 0;

  constructor(live: Live) {
    this.#live = live;
  }

  /** Per second. */
  get steps(): number {
    return this.#steps / this.seconds;
  }

  get processors(): number {
    return this.#cpu / this.seconds;
  }

  async measure(seconds: number): Promise<void> {
    const { engine } = this.#live;
    const [steps, began, cpu] = [engine.steps, performance.now(), process.cpuUsage()];
    await wait(seconds * 1_000);
    const { user, system } = process.cpuUsage(cpu);
    this.seconds += (performance.now() - began) / 1_000;
    this.#steps += engine.steps - steps;
    this.#cpu += (user + system) / 1e6;
  }
}

/** Opens the wall and asks it how soon it draws, while pictures are offered and the engine works. */
async function drawing({ address }: Live, browser: string, seconds: number): Promise<LiveBench['drawn']> {
  const wall = await openWall(browser, `${address}?name=bench`);
  const report = async () => {
    const health = await (await fetch(`${address}health`)).json();
    const [display] = health.displays as { readonly fps: number; readonly latency: number | null }[];
    return display?.latency == null ? null : { fps: display.fps, latency: display.latency };
  };
  try {
    for (const end = performance.now() + 60_000; (await report()) === null; await wait(200)) {
      if (performance.now() > end) throw failed(`after 60 s no picture was drawn by ${browser}`);
    }
    // It compiles its shaders, and finds the quality it can hold.
    await wait((reportSpan + 3) * 1_000);
    const reports: { readonly fps: number; readonly latency: number }[] = [];
    for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
      await wait(1_000);
      const now = await report();
      if (now !== null) reports.push(now);
    }
    const latencies = reports.map(({ latency }) => latency).sort((a, b) => a - b);
    return {
      p95: quantile(latencies, 0.5),
      worst: quantile(latencies, 1),
      fps: reports.reduce((sum, one) => sum + one.fps, 0) / reports.length,
    };
  } finally {
    await wall.close();
  }
}

async function begin(options: LiveBenchOptions, folder: string): Promise<{ live: Live; source: PictureSource }> {
  const yaml = {
    pack: options.pack,
    engine: { runtime: options.engine },
    server: { host: '127.0.0.1', port: await freePort(), pin: 'bench' },
    osc: { enabled: false },
    portrait: { severalFaces: 'largest' },
    // Long enough that the becoming goes on through all of the measuring.
    live: { pace: 600, countdown: 0, attractPace: 4 },
  };
  const started: { live?: Live; source?: PictureSource } = {};
  const live = await startLive({
    config: parseConfig(JSON.stringify(yaml), 'bench'),
    folder,
    pages: options.pages,
    tap: (stream) => {
      started.source = new PictureSource(stream);
      return started.source;
    },
    createCamera: () =>
      posingCamera(async () => {
        if (!started.live) throw failed('the engine is not there');
        return started.live.engine.render([{ source: { kind: 'nobody', seed: 3 }, share: 1 }]);
      }),
  });
  started.live = live;
  return { live, source: started.source as PictureSource };
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
  // The start itself may be shown first: the face before, from which this one grows.
  let starts = 0;
  const off = installation.onMoment((moment) => {
    if (moment.type === 'step' && moment.step === 0) starts = 1;
  });
  const kept = performance.now();
  installation.command('keep', visitor);
  await until(() => faces() > starts, 60, 'the becoming made no step');
  off();
  return (performance.now() - kept) / 1_000;
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

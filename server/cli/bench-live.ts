import { cpus } from 'node:os';
import type { Command } from 'commander';
import { benchLive, type LiveBench, type LiveBenchOptions } from '../bench/bench-live.ts';
import { findBrowser } from '../bench/wall-browser.ts';
import { wholeNumber } from './options.ts';

interface Options extends Omit<LiveBenchOptions, 'browser'> {
  readonly json: boolean;
  /** False for `--no-browser`. */
  readonly browser?: string | false;
}

/** `familiar-faces bench live`: how the whole piece runs on this machine. Pack, engine and --json are `bench`'s own. */
export function registerBenchLive(program: Command): void {
  const bench = program.commands.find((command) => command.name() === 'bench') ?? program.command('bench');
  bench
    .command('live')
    .description('measure the live piece: how soon it shows a face, and what an audience costs the engine')
    .option('--displays <n>', 'displays that watch', wholeNumber(1, 64), 8)
    .option('--seconds <n>', 'seconds of each measurement', wholeNumber(2, 120), 10)
    .option('--browser <file>', 'Chromium or Chrome that draws the wall (what is found on this machine)')
    .option('--no-browser', 'measure no drawing')
    .addHelpText('after', '\n--pack, --engine and --json of bench count here too.')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const browser = options.browser === false ? null : (options.browser ?? findBrowser());
      const live = await benchLive({ ...options, browser });
      const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
      process.stdout.write(options.json ? `${JSON.stringify({ machine, live })}\n` : asText(live));
    });
}

function asText({ startToAttract, keepToFace, latency, drawn, displays, steps, processors, load }: LiveBench): string {
  const rows = [
    ['start to first picture', `${startToAttract.toFixed(1)} s`],
    ['“keep” to first changed picture', `${keepToFace.toFixed(2)} s`],
    ['made to arrived, median and p95', `${latency.median.toFixed(0)} ms, ${latency.p95.toFixed(0)} ms`],
    [
      'made to drawn by a browser, p95',
      drawn ? `${drawn.p95.toFixed(0)} ms, at ${drawn.fps.toFixed(0)} drawings a second` : 'not measured: no browser',
    ],
    [
      `pictures a second at ${displays.count} displays`,
      `${displays.fewest.toFixed(1)} at the slowest, ${displays.mean.toFixed(1)} on average, of ${displays.offered.toFixed(1)} (${displays.sides[1]} px)`,
    ],
    ['steps a second alone, watched', `${steps.alone.toFixed(1)}, ${steps.watched.toFixed(1)}`],
    ['lost to the audience', `${(100 * steps.lost).toFixed(0)} %`],
    [
      'processors busy with the server',
      `${processors.alone.toFixed(2)} alone, ${processors.watched.toFixed(2)} watched; the displays' own ${processors.displays.toFixed(2)}`,
    ],
    ['load before and after', load.map((one) => one.toFixed(1)).join(', ')],
  ];
  return `${rows.map(([name, value]) => `${name.padEnd(34)} ${value}`).join('\n')}\n`;
}

import { execFile } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { type Command, Option } from 'commander';
import { type BenchNetwork, benchNetwork, benchNetworks, type NetworkBench } from '../bench/bench-network.ts';
import { benchPack, type PackBench } from '../bench/bench-pack.ts';
import { generatedTargets } from '../bench/generated-targets.ts';
import { createFaceDetector, unhurried } from '../face/detect.ts';
import { preparePortrait } from '../face/portrait.ts';
import { decodeImage } from '../image/decode.ts';
import { resized } from '../image/resize.ts';
import { toTensor } from '../image/rgb-image.ts';
import { type FacePack, loadFacePack } from '../networks/face-pack.ts';
import { openLpips } from '../networks/open-lpips.ts';
import { defaultPack } from '../paths.ts';
import { type PresetName, type ProjectionSettings, presets } from '../projection/settings.ts';
import { createRuntime, engineChoices } from '../runtime/create-runtime.ts';
import { wholeNumber } from './options.ts';
import { settingsOption } from './settings-option.ts';

interface BenchOptions {
  network?: BenchNetwork;
  networks: boolean;
  pack: string;
  portraits?: string[];
  rounds: number;
  steps?: number;
  from: 'mean' | 'previous';
  aligned: boolean;
  judge?: string;
  judgeSize?: number;
  preset: PresetName;
  settings: Partial<ProjectionSettings>;
  engine: (typeof engineChoices)[number];
  json: boolean;
}

interface BenchReport {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memory: number; readonly node: string };
  readonly networks: readonly NetworkBench[];
  readonly pack: PackBench | null;
}

/** Sizes measured where none is named: the larger ones take minutes. */
const usual: readonly BenchNetwork[] = ['stylegan2-64', 'stylegan2-128', 'stylegan2-256'];

/** `familiar-faces bench`: how fast this machine is. */
export function registerBench(program: Command): void {
  program
    .command('bench')
    .description('measure how fast this machine projects: networks of random weights, and the face pack on portraits')
    .addOption(new Option('--network <name>', 'only this network').choices(Object.keys(benchNetworks)))
    .option('--no-networks', 'only the face pack')
    .option('--pack <dir>', 'face pack', defaultPack)
    .option('--portraits <files...>', 'photographs to project; faces drawn by the pack itself where not given')
    .option('--rounds <n>', 'times round the portraits', wholeNumber(1, 10_000), 1)
    .option('--steps <n>', "steps a face (the preset's own number where not given)", wholeNumber(1, 100_000))
    .addOption(new Option('--from <start>', 'where each face starts').choices(['mean', 'previous']).default('previous'))
    .option('--aligned', 'the portraits are cut and aligned already', false)
    .option('--judge <file>', 'LPIPS weights (.safetensors) to measure the finished faces with')
    .option(
      '--judge-size <px>',
      'largest side at which it looks: packs of different sizes compare',
      wholeNumber(16, 2048),
    )
    .addOption(new Option('--preset <name>', 'how a face is looked for').choices(Object.keys(presets)).default('chain'))
    .option('--settings <json>', 'changes to the preset, such as \'{"pull": 0.1}\'', settingsOption, {})
    .addOption(new Option('--engine <name>', 'what computes').choices([...engineChoices]).default('auto'))
    .option('--json', 'numbers for machines', false)
    .action(run);
}

async function run(options: BenchOptions): Promise<void> {
  const networks: NetworkBench[] = [];
  if (options.network === undefined && options.networks) {
    // Each in a process of its own: memory is then its own as well.
    for (const network of usual) networks.push(await inOwnProcess(network, options.engine));
  } else if (options.network !== undefined) {
    const runtime = await createRuntime(options.engine);
    networks.push(await benchNetwork(options.network, runtime));
    await runtime.dispose();
  }
  const pack = options.network === undefined ? await measurePack(options) : null;
  const [{ model }] = cpus();
  const machine = { cpu: model, cores: cpus().length, memory: totalmem(), node: process.version };
  const report: BenchReport = { machine, networks, pack };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : asText(report));
}

async function inOwnProcess(network: BenchNetwork, engine: string): Promise<NetworkBench> {
  const args = [...process.execArgv, process.argv[1], 'bench', '--network', network, '--engine', engine, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return (JSON.parse(stdout) as BenchReport).networks[0];
}

async function measurePack(options: BenchOptions): Promise<PackBench> {
  const pack = loadFacePack(options.pack);
  const runtime = await createRuntime(options.engine);
  try {
    const targets = options.portraits
      ? await (options.aligned ? readTargets : alignTargets)(options.portraits, pack)
      : await generatedTargets(pack.generator, runtime, 6);
    const preset: ProjectionSettings = presets[options.preset];
    return await benchPack(pack, runtime, targets, {
      settings: { ...preset, ...options.settings, steps: options.steps ?? options.settings.steps ?? preset.steps },
      rounds: options.rounds,
      from: options.from,
      judge: options.judge === undefined ? undefined : openLpips(options.judge),
      judgeSize: options.judgeSize,
    });
  } finally {
    await runtime.dispose();
  }
}

async function readTargets(paths: readonly string[], pack: FacePack): Promise<Float32Array[]> {
  const { resolution } = pack.generator;
  const targets: Float32Array[] = [];
  for (const path of paths) targets.push(toTensor(await resized(await decodeImage(path), resolution, resolution)));
  return targets;
}

async function alignTargets(portraits: readonly string[], pack: FacePack): Promise<Float32Array[]> {
  const detector = createFaceDetector('portrait', unhurried);
  try {
    const targets: Float32Array[] = [];
    for (const path of portraits) {
      const { image } = await preparePortrait(path, { detector, size: pack.generator.resolution, faces: 'largest' });
      targets.push(toTensor(image));
    }
    return targets;
  } finally {
    await detector.close();
  }
}

function asText({ machine, networks, pack }: BenchReport): string {
  const lines = [
    `${machine.cpu}, ${machine.cores} cores, ${gigabytes(machine.memory)}, Node ${machine.node}`,
    '',
    'network          engine                forward    step     GFLOP/s   compile   memory',
    ...networks.map((n) =>
      [
        n.network.padEnd(16),
        n.engine.padEnd(20),
        `${n.forwardSeconds.toFixed(3)} s`.padStart(9),
        `${n.stepSeconds.toFixed(3)} s`.padStart(9),
        n.gflopPerSecond.toFixed(0).padStart(8),
        `${(n.compileSeconds.forward + n.compileSeconds.step).toFixed(1)} s`.padStart(10),
        gigabytes(n.memory).padStart(9),
      ].join(' '),
    ),
  ];
  if (pack !== null) {
    lines.push(
      '',
      `face pack '${pack.pack}' (${pack.resolution} px) on ${pack.engine}: ${pack.stepsPerSecond.toFixed(1)} steps a second over ${pack.faces} faces`,
      `  a step of the first face ${pack.stepMs.first.toFixed(1)} ms, of the last ${pack.stepMs.last.toFixed(1)} ms; memory ${gigabytes(pack.memory.first)}, then ${gigabytes(pack.memory.last)}`,
      `  distance of the finished faces ${pack.distance.pack.toFixed(4)} by the pack's network${pack.distance.judge ? `, ${pack.distance.judge.mean.toFixed(4)} by ${pack.distance.judge.network}` : ''}`,
      ...pack.levels.map((level) => {
        const mean = level.seconds === null ? 'never' : `after ${level.seconds.toFixed(1)} s`;
        return `  likeness ${level.likeness.toFixed(1)}: ${mean} (${level.reached} of ${pack.faces} faces)`;
      }),
    );
  }
  return `${lines.join('\n')}\n`;
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

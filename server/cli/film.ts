import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../errors.ts';
import { createFaceDetector, unhurried } from '../face/detect.ts';
import { preparePortrait } from '../face/portrait.ts';
import type { FilmPlan } from '../film/film-plan.ts';
import { makeFilm, type Studio } from '../film/make-film.ts';
import { videoCodecs } from '../media/codecs.ts';
import { progress } from '../media/progress.ts';
import { bendOf } from '../networks/directions.ts';
import { type FacePack, loadFacePack, packSha256 } from '../networks/face-pack.ts';
import { cacheFolder, defaultPack } from '../paths.ts';
import { createComparer } from '../projection/compare.ts';
import { createProjector } from '../projection/projector.ts';
import { type PresetName, presets } from '../projection/settings.ts';
import { createRuntime, engineChoices } from '../runtime/create-runtime.ts';
import { numberBetween, wholeNumber } from './options.ts';
import { listPortraits } from './portraits.ts';

interface FilmOptions {
  out: string;
  steps?: number;
  every: number;
  fps: number;
  passes: string;
  preset: PresetName;
  space?: 'w' | 'w+';
  from: 'mean' | 'zero' | 'previous';
  pack: string;
  engine: (typeof engineChoices)[number];
  seed: number;
  codec: (typeof videoCodecs)[number];
  faces: 'one' | 'largest';
  sideBySide: boolean;
  resume: boolean;
  direction: Readonly<Record<string, number>>;
}

/** `familiar-faces film PORTRAITS...`: portraits become faces that become one another, as videos and a page. */
export function registerFilm(program: Command): void {
  program
    .command('film')
    .description('turn portraits into faces, each growing out of the one before: videos, an endless loop and a page')
    .argument(
      '<portraits...>',
      'photographs, in the order in which they become one another; or folders of them, by name, of which all else is skipped',
    )
    .requiredOption('-o, --out <dir>', 'folder for the film')
    .option('--steps <n>', "steps of the projection (the preset's own number where not given)", wholeNumber(1, 100_000))
    .option('--every <n>', 'a frame every so many steps', wholeNumber(1, 10_000), 10)
    .option('--fps <n>', 'frames a second', numberBetween(1, 120), 24)
    .addOption(new Option('--passes <n>', 'twice round makes the loop seamless').choices(['1', '2']).default('2'))
    .addOption(new Option('--preset <name>', 'how a face is looked for').choices(Object.keys(presets)).default('chain'))
    .addOption(
      new Option(
        '--space <space>',
        "one latent for all layers, or one for each (the preset's own where not given)",
      ).choices(['w', 'w+']),
    )
    .addOption(
      new Option('--from <start>', 'where each face starts').choices(['mean', 'zero', 'previous']).default('previous'),
    )
    .option('--pack <dir>', 'face pack', defaultPack)
    .option(
      '--direction <name=amount>',
      "bends every face along one of the pack's directions; may be repeated",
      bend,
      {},
    )
    .addOption(new Option('--engine <name>', 'what computes').choices([...engineChoices]).default('auto'))
    .option('--seed <n>', 'the same seed makes the same film', wholeNumber(0, 2 ** 32 - 1), 0)
    .addOption(new Option('--codec <name>', 'video format').choices([...videoCodecs]).default('h264'))
    .addOption(
      new Option('--faces <rule>', 'what to do where a photograph shows several')
        .choices(['one', 'largest'])
        .default('one'),
    )
    .option('--side-by-side', 'the portrait beside its face', false)
    .option('--resume', 'go on with a film that was interrupted', false)
    .action(run);
}

/** One more `name=amount`. */
function bend(text: string, before: Readonly<Record<string, number>>): Record<string, number> {
  const [, name, amount] = /^([^=]+)=(-?\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (name === undefined || Math.abs(Number(amount)) > 10) {
    throw new InvalidArgumentError('Give a name and a number from -10 to 10: age=1.5.');
  }
  return { ...before, [name]: Number(amount) };
}

function checkDirections(given: Readonly<Record<string, number>>, { directions }: FacePack): void {
  const unknown = Object.keys(given).find((name) => !directions.has(name));
  if (unknown === undefined) return;
  const known = [...directions.keys()].join(', ') || 'none: familiar-faces import FILE --as direction adds one';
  throw usageError(`This face pack has no direction '${unknown}'. It has ${known}.`);
}

async function run(given: string[], options: FilmOptions): Promise<void> {
  const { portraits, found } = await listPortraits(given);
  const preset = presets[options.preset];
  const settings = { ...preset, space: options.space ?? preset.space };
  const pack = loadFacePack(options.pack);
  checkDirections(options.direction, pack);
  const runtime = await createRuntime(options.engine);
  const detector = createFaceDetector('portrait', unhurried);
  const abort = new AbortController();
  const stop = () => abort.abort();
  let skipped = 0;
  process.once('SIGINT', stop);
  try {
    const { resolution } = pack.generator;
    const studio: Studio = {
      projector: await createProjector(runtime, pack.generator, pack, settings, { cache: cacheFolder }),
      comparer: await createComparer(runtime, pack.perceptual, resolution),
      pack: { name: pack.description.name, sha256: await packSha256(pack), resolution },
      start: pack.start,
      bend: bendOf(pack.directions, options.direction),
      prepare: async (path) =>
        (await preparePortrait(path, { detector, size: resolution, faces: options.faces })).image,
      skip: ({ message }) => {
        skipped++;
        process.stdout.write(`skipped ${message}\n`);
      },
      progress,
    };
    const plan: FilmPlan = {
      portraits,
      found,
      out: resolve(options.out),
      settings: {
        steps: options.steps ?? preset.steps,
        every: options.every,
        fps: options.fps,
        passes: Number(options.passes),
        preset: options.preset,
        space: settings.space,
        from: options.from,
        engine: runtime.name,
        seed: options.seed,
        sideBySide: options.sideBySide,
        codec: options.codec,
        directions: Object.entries(options.direction)
          .map(([name, amount]) => `${name}=${amount}`)
          .join(' '),
      },
    };
    process.stderr.write(`${pack.description.name} (${resolution} px) on ${runtime.name}\n`);
    const { faces } = await makeFilm(plan, studio, options.resume, abort.signal);
    const left = skipped === 0 ? '' : `, ${skipped} files skipped`;
    process.stdout.write(`${faces.length} faces in ${options.out}${left}: open ${options.out}/index.html\n`);
  } finally {
    process.off('SIGINT', stop);
    await detector.close();
    await runtime.dispose();
  }
}

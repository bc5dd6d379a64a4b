import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { usageError } from '../errors.ts';
import { progress } from '../media/progress.ts';
import { directionName } from '../networks/directions.ts';
import { addDirection, setStart } from '../networks/import/add-to-pack.ts';
import { importPack } from '../networks/import/import-pack.ts';
import { importPerceptual } from '../networks/import/import-perceptual.ts';
import { defaultPack, packageRoot } from '../paths.ts';
import { wholeNumber } from './options.ts';

interface Options {
  readonly name?: string;
  readonly out: string;
  readonly as: 'pack' | 'perceptual' | 'direction' | 'latent';
  readonly pack?: string;
  readonly trunk?: string;
  readonly perceptual?: string;
  readonly component?: number;
  readonly licence?: string;
  readonly force: boolean;
}

/** `familiar-faces import FILE`: public networks, directions and latents. Nothing in the file is ever run. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .description('make a face pack of a public StyleGAN, or add a direction or a face to one')
    .argument('<file>', 'a .pkl, .pt, .pth, .safetensors, .npy or .npz file')
    .option('--name <name>', 'name of the new pack, network or direction')
    .option('--out <folder>', 'where packs are', join(packageRoot, 'models'))
    .addOption(
      new Option('--as <kind>', 'what to make of the file')
        .choices(['pack', 'perceptual', 'direction', 'latent'])
        .default('pack'),
    )
    .option('--pack <folder>', 'the pack that a direction or latent is for')
    .option('--trunk <file>', "torchvision's network under LPIPS: makes a perceptual network")
    .option('--perceptual <file>', "LPIPS .safetensors for the pack, instead of a copy of the default pack's network")
    .option('--component <n>', 'row of a table of components (GANSpace)', wholeNumber(0, 100_000))
    .option('--licence <text>', 'what pack.yaml says about the licence')
    .option('--force', 'replace what is there', false)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  try {
    await importFile(file, options, abort.signal);
  } finally {
    process.off('SIGINT', stop);
  }
}

async function importFile(file: string, options: Options, signal: AbortSignal): Promise<void> {
  const { out, component, force: replace } = options;
  const kind = options.trunk === undefined ? options.as : 'perceptual';
  if (kind === 'latent') {
    const pack = needed(options.pack, '--pack', 'the folder of the pack');
    await setStart(file, { pack, component, replace });
    return say(`Chains of ${pack} start from this face.`);
  }
  const name = checkedName(needed(options.name, '--name', 'a name'));
  if (kind === 'direction') {
    if (!directionName.test(name)) {
      throw usageError(`--name '${name}': a direction's name has lower-case letters, digits and dashes, such as age.`);
    }
    const pack = needed(options.pack, '--pack', 'the folder of the pack');
    await addDirection(file, { pack, name, component, replace });
    return say(`${pack} has a direction '${name}'.`);
  }
  if (kind === 'perceptual') {
    const path = join(out, `${name}.safetensors`);
    const files = options.trunk === undefined ? [file] : [file, options.trunk];
    const network = await importPerceptual(files, path, { replace, progress, signal });
    return say(`${path}: ${network}`);
  }
  const folder = join(out, name);
  const { perceptual, licence } = options;
  const { network, notes } = await importPack({
    file,
    name,
    folder,
    perceptualFrom: defaultPack,
    perceptual,
    licence,
    replace,
    progress,
    signal,
  });
  say(`${folder}: ${network}`);
  for (const note of notes) say(note);
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function needed(value: string | undefined, option: string, what: string): string {
  if (value === undefined) throw usageError(`${option} is missing: give ${what}.`);
  return value;
}

/** Names become folders and sliders. */
function checkedName(name: string): string {
  if (!/^[A-Za-z0-9_][\w.-]{0,63}$/.test(name)) {
    throw usageError(`--name '${name}': use up to 64 letters, digits, dots, dashes and underscores.`);
  }
  return name;
}

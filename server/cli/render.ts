import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { writeFileAtomic } from '../files/atomic.ts';
import { input } from '../graph/ops.ts';
import { encodePng } from '../image/encode.ts';
import { fromTensor } from '../image/rgb-image.ts';
import { loadFacePack } from '../networks/face-pack.ts';
import type { Generator } from '../networks/generator.ts';
import { defaultPack } from '../paths.ts';
import { createRuntime, engineChoices } from '../runtime/create-runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { writeSafetensors } from '../weights/safetensors.ts';
import { numberBetween } from './options.ts';
import { type LatentOptions, type NamedLatent, readLatents } from './render-latents.ts';

interface RenderOptions extends LatentOptions {
  readonly pack: string;
  readonly out: string;
  readonly engine: (typeof engineChoices)[number];
}

/** `familiar-faces render`: latents to pictures. */
export function registerRender(program: Command): void {
  program
    .command('render')
    .description('draw the faces of stored latents, of a film or of a chain')
    .option('--pack <dir>', 'face pack', defaultPack)
    .requiredOption(
      '--latents <file[:key]|dir>',
      "safetensors file, and the tensor in it (default 'wplus', 'w' or 'z' by --space); or the folder of a face, a film or a chain",
    )
    .addOption(
      new Option('--space <space>', 'what the tensor holds: [N, numWs, wDim], [N, wDim] or [N, zDim]')
        .choices(['w+', 'w', 'z'])
        .default('w+'),
    )
    .addOption(
      new Option(
        '--noise <noise>',
        "the face's own noise maps (default where they are stored), the pack's, or none",
      ).choices(['own', 'const', 'none']),
    )
    .option('--truncation <psi>', 'for z and w: part of the way from the mean face', numberBetween(-2, 2), 1)
    .requiredOption(
      '-o, --out <file|dir>',
      "a .safetensors file for 'image' [N, 3, R, R] in -1..1, or a folder for PNGs",
    )
    .addOption(new Option('--engine <name>', 'what computes').choices([...engineChoices]).default('auto'))
    .action(run);
}

async function run(options: RenderOptions): Promise<void> {
  const pack = loadFacePack(options.pack);
  const runtime = await createRuntime(options.engine);
  try {
    const latents = readLatents(options, pack, runtime);
    await write(
      drawAll(latents, options.noise === 'none', pack.generator, runtime),
      pack.generator.resolution,
      options.out,
    );
  } finally {
    await runtime.dispose();
  }
}

/** Draws one face after the other. */
async function* drawAll(
  latents: AsyncIterable<NamedLatent>,
  isWithoutNoise: boolean,
  generator: Generator,
  runtime: Runtime,
): AsyncGenerator<readonly [name: string, image: Float32Array]> {
  const { numWs, wDim, noiseMaps, synthesis } = generator;
  const names = isWithoutNoise ? [] : noiseMaps.map((_, i) => `noise.${i}`);
  const maps = names.map((name, i) => input(name, [1, 1, noiseMaps[i].size, noiseMaps[i].size]));
  const graph = await runtime.compile({
    outputs: { image: synthesis(input('ws', [1, numWs, wDim]), isWithoutNoise ? 'none' : maps) },
  });
  for await (const { name, ws, noise } of latents) {
    const own = names.map((key, i): [string, Float32Array] => [key, noise[i]]);
    yield [name, (await graph.run({ ws, ...Object.fromEntries(own) })).image];
  }
  await graph.dispose();
}

async function write(
  images: AsyncIterable<readonly [name: string, image: Float32Array]>,
  size: number,
  out: string,
): Promise<void> {
  if (extname(out) === '.safetensors') {
    const all: Float32Array[] = [];
    for await (const [, image] of images) all.push(image);
    const data = new Float32Array(all.length * 3 * size * size);
    for (const [i, image] of all.entries()) data.set(image, i * image.length);
    await writeSafetensors(out, { image: { shape: [all.length, 3, size, size], data } });
    return;
  }
  for await (const [name, image] of images) {
    // Only now, so that wrong usage leaves no folder behind.
    await mkdir(out, { recursive: true });
    await writeFileAtomic(join(out, `${name}.png`), await encodePng(fromTensor(image, size, size)));
  }
}

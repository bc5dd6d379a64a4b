import { mkdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { usageError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { constant, input } from '../graph/ops.ts';
import { encodePng } from '../image/encode.ts';
import { fromTensor } from '../image/rgb-image.ts';
import { loadFacePack } from '../networks/face-pack.ts';
import type { Generator } from '../networks/generator.ts';
import { defaultPack } from '../paths.ts';
import { truncatedWs } from '../projection/latent.ts';
import { createRuntime, engineChoices } from '../runtime/create-runtime.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import { numberBetween } from './options.ts';

interface RenderOptions {
  pack: string;
  latents: string;
  space: 'w+' | 'w' | 'z';
  noise: 'const' | 'none';
  truncation: number;
  out: string;
  engine: (typeof engineChoices)[number];
}

/** `familiar-faces render`: latents to pictures. */
export function registerRender(program: Command): void {
  program
    .command('render')
    .description('draw the faces of stored latents')
    .option('--pack <dir>', 'face pack', defaultPack)
    .requiredOption(
      '--latents <file[:key]>',
      "safetensors file, and the tensor in it (default 'wplus', 'w' or 'z' by --space)",
    )
    .addOption(
      new Option('--space <space>', 'what the tensor holds: [N, numWs, wDim], [N, wDim] or [N, zDim]')
        .choices(['w+', 'w', 'z'])
        .default('w+'),
    )
    .addOption(new Option('--noise <noise>', 'stored noise maps, or none').choices(['const', 'none']).default('const'))
    .option('--truncation <psi>', 'for z and w: part of the way from the mean face', numberBetween(-2, 2), 1)
    .requiredOption(
      '-o, --out <file|dir>',
      "a .safetensors file for 'image' [N, 3, R, R] in -1..1, or a folder for PNGs",
    )
    .addOption(new Option('--engine <name>', 'what computes').choices([...engineChoices]).default('auto'))
    .action(run);
}

async function run(options: RenderOptions): Promise<void> {
  const { generator } = loadFacePack(options.pack);
  const runtime = await createRuntime(options.engine);
  try {
    const latents = await readLatents(options, generator, runtime);
    const images = await drawAll(latents, options.noise, generator, runtime);
    await write(images, generator.resolution, options.out);
  } finally {
    await runtime.dispose();
  }
}

/** The latents of the file, each as [numWs, wDim]. */
async function readLatents(options: RenderOptions, generator: Generator, runtime: Runtime): Promise<Float32Array[]> {
  const { numWs, wDim, zDim } = generator;
  const keyed = /^(.*\.safetensors):([^:\\/]+)$/.exec(options.latents);
  const path = keyed ? keyed[1] : options.latents;
  const key = keyed ? keyed[2] : { 'w+': 'wplus', w: 'w', z: 'z' }[options.space];
  const row = { 'w+': [numWs, wDim], w: [wDim], z: [zDim] }[options.space];
  const file = openSafetensors(path);
  try {
    const shape = file.tensors.get(key)?.shape;
    if (shape === undefined || shape.length !== row.length + 1 || row.some((d, i) => shape[i + 1] !== d)) {
      throw usageError(
        `${path}: '${key}' is ${shape ? `[${shape}]` : 'missing'}, but --space ${options.space} of this pack needs [N, ${row.join(', ')}].`,
      );
    }
    const data = file.read(key);
    const size = row.reduce((a, b) => a * b, 1);
    const rows = Array.from({ length: shape[0] }, (_, i) => data.slice(i * size, (i + 1) * size));
    if (options.space === 'w+') return rows;
    const ws = options.space === 'z' ? await mapAll(rows, generator, runtime) : rows;
    return ws.map((w) => truncatedWs(w, generator.wAvg, options.truncation, generator));
  } finally {
    file.close();
  }
}

async function mapAll(zs: readonly Float32Array[], generator: Generator, runtime: Runtime): Promise<Float32Array[]> {
  const graph = await runtime.compile({ outputs: { w: generator.mapping(input('z', [1, generator.zDim])) } });
  const ws: Float32Array[] = [];
  for (const z of zs) ws.push((await graph.run({ z })).w);
  await graph.dispose();
  return ws;
}

async function drawAll(
  latents: readonly Float32Array[],
  noise: 'const' | 'none',
  generator: Generator,
  runtime: Runtime,
): Promise<Float32Array[]> {
  const maps = generator.noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
  const ws = input('ws', [1, generator.numWs, generator.wDim]);
  const graph = await runtime.compile({
    outputs: { image: generator.synthesis(ws, noise === 'none' ? 'none' : maps) },
  });
  const images: Float32Array[] = [];
  for (const latent of latents) images.push((await graph.run({ ws: latent })).image);
  await graph.dispose();
  return images;
}

async function write(images: readonly Float32Array[], size: number, out: string): Promise<void> {
  if (extname(out) === '.safetensors') {
    const data = new Float32Array(images.length * 3 * size * size);
    for (const [i, image] of images.entries()) data.set(image, i * image.length);
    await writeSafetensors(out, { image: { shape: [images.length, 3, size, size], data } });
    return;
  }
  await mkdir(out, { recursive: true });
  for (const [i, image] of images.entries()) {
    await writeFileAtomic(
      join(out, `${String(i).padStart(4, '0')}.png`),
      await encodePng(fromTensor(image, size, size)),
    );
  }
}

import type { Command } from 'commander';
import { usageError } from '../errors.ts';
import { decodeImage } from '../image/decode.ts';
import { toTensor } from '../image/rgb-image.ts';
import { loadFacePack } from '../networks/face-pack.ts';
import { openLpips } from '../networks/open-lpips.ts';
import { defaultPack } from '../paths.ts';
import { createComparer } from '../projection/compare.ts';
import { createRuntime } from '../runtime/create-runtime.ts';

/** A perceptual network holds some hundred numbers for each pixel of both pictures at once. */
const MOST_PIXELS = 2 ** 22;

/** `familiar-faces distance A B --net NET`: prints how different two pictures look. */
export function registerDistance(program: Command): void {
  program
    .command('distance')
    .description('print the perceptual distance of two pictures of one size')
    .argument('<a>', 'picture')
    .argument('<b>', 'picture of the same size')
    .option('--net <file|pack>', "LPIPS weights as .safetensors, or 'pack' for the face pack's own network", 'pack')
    .option('--pack <dir>', 'face pack', defaultPack)
    .action(run);
}

async function run(pathA: string, pathB: string, options: { net: string; pack: string }): Promise<void> {
  const [a, b] = [await decodeImage(pathA), await decodeImage(pathB)];
  if (a.width !== b.width || a.height !== b.height) {
    throw usageError(`${pathA} is ${a.width}x${a.height} and ${pathB} is ${b.width}x${b.height}: make them one size.`);
  }
  if (a.width * a.height > MOST_PIXELS) {
    throw usageError(
      `${pathA} is ${a.width}x${a.height}: make both pictures at most ${Math.floor(MOST_PIXELS / 1e6)} megapixels.`,
    );
  }
  const network = options.net === 'pack' ? loadFacePack(options.pack).perceptual : openLpips(options.net);
  if (Math.min(a.width, a.height) < network.minimumSize) {
    throw usageError(`${network.name} needs pictures of ${network.minimumSize} px or more.`);
  }
  const runtime = await createRuntime('cpu');
  try {
    const comparer = await createComparer(runtime, network, a.width, a.height);
    process.stdout.write(`${(await comparer.distance(toTensor(a), toTensor(b))).toFixed(6)}\n`);
  } finally {
    await runtime.dispose();
  }
}

import { type Command, Option } from 'commander';
import { alignFolder } from '../face/align-folder.ts';
import { createFaceDetector, unhurried } from '../face/detect.ts';
import { progress } from '../media/progress.ts';
import { wholeNumber } from './options.ts';

interface AlignOptions {
  out: string;
  size: number;
  faces: 'one' | 'largest';
}

/** `familiar-faces align FOLDER --out ZIP`: faces to train on, cut out as the installation cuts out its visitors'. */
export function registerAlign(program: Command): void {
  program
    .command('align')
    .description('find and align the faces of a folder of photographs: a ZIP to train a face pack with')
    .argument('<folder>', 'the photographs')
    .requiredOption('-o, --out <zip>', 'the ZIP of PNG faces, with index.csv and skipped.csv')
    .option('--size <px>', 'sides of the faces', wholeNumber(16, 4096), 256)
    .addOption(
      new Option('--faces <rule>', 'what to do where a photograph shows several')
        .choices(['one', 'largest'])
        .default('largest'),
    )
    .action(run);
}

async function run(folder: string, { out, size, faces }: AlignOptions): Promise<void> {
  const detector = createFaceDetector('portrait', unhurried);
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop);
  let bar: ReturnType<typeof progress> | undefined;
  try {
    const { aligned, skipped, left } = await alignFolder({
      folder,
      out,
      portrait: { detector, size, faces },
      signal: abort.signal,
      onProgress: (done, total, file) => {
        bar ??= progress('Aligning', total);
        bar.update(done, file);
      },
    });
    bar?.done();
    for (const { reason } of skipped) process.stdout.write(`skipped ${reason}\n`);
    if (left > 0) process.stdout.write(`stopped: ${left} photographs were not looked at\n`);
    process.stdout.write(`${out}: ${aligned} faces of ${size} px, ${skipped.length} files skipped\n`);
  } finally {
    process.off('SIGINT', stop);
    await detector.close();
  }
}

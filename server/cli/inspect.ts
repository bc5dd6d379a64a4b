import type { Command } from 'commander';
import { recognise } from '../networks/import/recognise.ts';
import { formatInspection, inspect } from '../weights/inspect.ts';

/** `familiar-faces inspect FILE`: what a file of weights is, without importing it. */
export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .description('say what a file of weights holds, without importing it')
    .argument('<file>', 'a .pkl, .pt, .pth, .safetensors, .npy, .npz or .onnx file')
    .action((file: string) => {
      process.stdout.write(`${formatInspection(inspect(file, recognise))}\n`);
    });
}

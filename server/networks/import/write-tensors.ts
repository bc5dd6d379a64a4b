import { FamiliarError } from '../../errors.ts';
import type { Progress } from '../../media/progress.ts';
import { type WritableTensor, writeSafetensors } from '../../weights/safetensors.ts';
import type { TensorFile } from '../../weights/tensor-file.ts';

/** Copies tensors one by one into a safetensors file, until `signal` ends it with IMPORT_STOPPED. */
export async function writeTensors(
  path: string,
  tensors: TensorFile,
  bar: Progress,
  signal?: AbortSignal,
): Promise<void> {
  let written = 0;
  const lazy = [...tensors.tensors].map(([name, { shape }]): [string, WritableTensor] => [
    name,
    {
      shape,
      data: () => {
        stopWhenAborted(signal);
        bar.update(++written);
        return tensors.read(name);
      },
    },
  ]);
  await writeSafetensors(path, new Map(lazy), tensors.metadata);
}

/** Throws IMPORT_STOPPED once somebody has asked for the end. */
export function stopWhenAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new FamiliarError('IMPORT_STOPPED', 'Stopped: nothing of the import was kept.');
}

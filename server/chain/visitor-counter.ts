import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { exists } from './face-folder.ts';

const counter = z.object({ highest: z.int().nonnegative() });

/** The highest visitor's number ever given, from the chain's counter file; 0 where there is none or it is damaged. */
export async function readCounter(path: string): Promise<number> {
  if (!(await exists(path))) return 0;
  try {
    return counter.parse(JSON.parse(await readFile(path, 'utf8'))).highest;
  } catch {
    // The faces themselves tell the number nearly as well.
    return 0;
  }
}

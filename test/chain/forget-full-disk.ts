import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../server/chain/chain.ts';
import { decodeJournal } from '../../server/chain/journal.ts';
import { decodeSteps } from '../../server/chain/step-record.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

/**
 * Run by disk-full.test.ts on a disk of 600 kB: a face is deleted while the disk is full and the next one becomes, or has
 * become and is held in memory. Then the power goes: `copy`, on another disk, is what the next start finds.
 */
const [, , folder, copy, how] = process.argv as string[];
const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 12, wDim: 512 };
const options = { keepPortraits: false, forgetAfter: 0 };

const chain = await openChain({ folder, ...options });
async function begin(visitor: number, from: string | null) {
  const { record } = await chain.begin(orderOf(visitor, picture(visitor), 10), pack, from);
  const append = (step: number) => {
    const ws = new Float32Array(12 * 512).fill(100 * visitor + step);
    // It is itself by then: a face that still showed the deleted one would be deleted with it.
    return record.append({ step, done: step < 7 ? step / 100 : 1, loss: 1, likeness: 0.5, ws, noise: null });
  };
  for (let step = 0; step < 8; step++) await append(step);
  return { record, append };
}
const first = (await begin(1, null)).record;
await chain.finish(first, picture(1), 'arrived');
const { record, append } = await begin(2, first.face.id);
await writeFile(join(folder, 'ballast'), new Uint8Array(600_000)).catch(() => undefined);
const step = await append(8).catch(({ code }) => code);
const finish = how === 'held' ? await chain.finish(record, picture(2), 'arrived').catch(({ code }) => code) : null;
const isForgotten = await chain.forget(first.face.id);

await cp(folder, copy, { recursive: true, filter: (path) => !path.endsWith('ballast') });
await rm(join(copy, 'chain.lock'));
const journal = await readFile(join(copy, 'faces', record.face.id, 'journal'));
const latents = decodeSteps(decodeJournal(journal).payloads).flatMap(({ ws }) => (ws === null ? [] : [ws[0]]));
const after = await openChain({ folder: copy, ...options });
await after.draw(record.face.id, picture(2));
const kept = after.latent(record.face.id, pack)[0];
const film = after.nextFilm(pack, new Set());
console.log(JSON.stringify({ step, finish, isForgotten, latents, kept, film }));
await after.close();
await chain.close();

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../server/chain/chain.ts';
import { tryRoom } from '../../server/chain/room.ts';
import type { FamiliarError } from '../../server/errors.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

/** Run by disk-full.test.ts on a disk of 300 kB: a becoming meets a full disk, and the disk is emptied again. */
const folder = process.argv[2]!;
const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 12, wDim: 512 };
const steps: (string | null)[] = [];
const failures: Record<string, string> = {};

const ballast = join(folder, 'ballast');
await writeFile(ballast, new Uint8Array(100_000));
let chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
const { record } = await chain.begin(orderOf(1, picture(1), 10), pack, null);
const append = async (step: number) => {
  const ws = new Float32Array(12 * 512).fill(step);
  await record.append({ step, done: step / 100, loss: 1, likeness: 0.5, ws, noise: null }).then(
    () => steps.push(null),
    (error: FamiliarError) => {
      steps.push(error.code);
      failures.step = error.message;
    },
  );
};
for (let step = 0; step < 20; step++) await append(step);
await chain.finish(record, picture(1), 'arrived').catch((error: FamiliarError) => {
  failures.finish = error.code;
});
// The last crumbs of room.
await writeFile(join(folder, 'rest'), new Uint8Array(300_000)).catch(() => undefined);
await chain.begin(orderOf(2, picture(2), 10), pack, null).catch((error: FamiliarError) => {
  failures.begin = error.code;
});
const room = () =>
  tryRoom(join(folder, 'faces'), 50_000).then(
    () => null,
    (error: FamiliarError) => error.code,
  );
failures.room = (await room()) ?? '';
failures.refusal = chain.refusal ?? '';
// Somebody makes room: what waited in memory is saved, and is there after a restart.
await Promise.all([rm(ballast), rm(join(folder, 'rest'))]);
failures.roomLater = (await room()) ?? '';
await chain.close();
chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
const newest = chain.newestOf(pack);
const kept = newest === null ? null : chain.latent(newest, pack)[0];
console.log(JSON.stringify({ steps, failures, kept, faces: chain.faces.length, problems: chain.problems }));
await chain.close();

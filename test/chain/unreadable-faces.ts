import { chmod, chown, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../server/chain/chain.ts';
import { orderOf, picture } from '../engine/tiny-pack.ts';

/**
 * Run by unreadable-faces.test.ts, as an account that permissions bind: one face's folder cannot be opened, another's
 * record is no JSON, a third's is missing. Prints what the chain says of them, and what is left after they are deleted.
 */
const folder = process.argv[2] as string;
if (process.getuid?.() === 0) {
  const nobody = 65_534;
  await chown(folder, nobody, nobody);
  process.setgid?.(nobody);
  process.setuid?.(nobody);
}
const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3 };
const open = () => openChain({ folder, keepPortraits: false, forgetAfter: 0 });

let chain = await open();
const receipts: string[] = [];
const ids: string[] = [];
for (const visitor of [1, 2, 3, 4]) {
  const { record, receipt } = await chain.begin(orderOf(visitor, picture(visitor), 10), pack, null);
  for (const step of [0, 1]) {
    await record.append({ step, done: step, loss: 1, likeness: 0, ws: new Float32Array(6), noise: null });
  }
  await chain.finish(record, picture(visitor), 'arrived');
  receipts.push(receipt);
  ids.push(record.face.id);
}
await chain.close();
const inFaces = (...names: string[]) => join(folder, 'faces', ...names);
await chmod(inFaces(ids[0]), 0);
await writeFile(inFaces(ids[1], 'face.json'), 'no record');
await writeFile(inFaces(ids[2], 'face.json'), '');

chain = await open();
const listed = chain.unreadable;
const shown = chain.faces.map(({ visitor }) => visitor);
const byCode = chain.byReceipt(receipts[1])?.face.id ?? null;
const answers: unknown[] = [];
for (const id of ids.slice(0, 3)) answers.push(await chain.forget(id).catch(({ message }) => message));
const after = chain.unreadable;
await chain.close();
chain = await open();
const { problems } = chain;
await chain.close();
console.log(JSON.stringify({ ids, listed, shown, byCode, answers, after, problems, left: await readdir(inFaces()) }));

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openChain } from '../../server/chain/chain.ts';
import { createEngine } from '../../server/engine/engine-port.ts';
import type { FamiliarError } from '../../server/errors.ts';
import { orderOf, picture } from './tiny-pack.ts';

/** Run by disk-full.test.ts: the disk fills during a becoming and is emptied after it. Says what the engine says of itself. */
const [, , pack, folder] = process.argv as [string, string, string, string];
const chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
const engine = createEngine(
  { pack, engine: 'cpu', threads: 1, niceness: 5, patience: 10_000, startPatience: 60_000, resume: 'last' },
  chain,
);
const levels = new Set<string>();
engine.onHealth(({ level }) => levels.add(level));
await engine.whenReady();
levels.clear();

const ballast = join(folder, 'ballast');
const becoming = await engine.become(orderOf(1, picture(1), 2));
for await (const { step } of becoming.steps) {
  // What fits is written before the disk refuses the rest.
  if (step === 5) await writeFile(ballast, new Uint8Array(20_000_000)).catch(() => undefined);
}
const finish = await becoming.finish().then(
  () => null,
  (error: FamiliarError) => error.code,
);
const full = engine.health.message;
await rm(ballast);
const until = async (isSo: () => boolean) => {
  for (const end = Date.now() + 30_000; !isSo() && Date.now() < end; )
    await new Promise((wait) => setTimeout(wait, 50));
};
await until(() => chain.faces.length === 1);
const saved = engine.health.message;
const of = (name: string) => existsSync(join(folder, 'faces', becoming.face, name));
await until(() => !of('journal'));
const { problems, faces } = chain;
const files = { journal: of('journal'), video: of('evolution.mp4') };
console.log(JSON.stringify({ levels: [...levels], finish, full, saved, faces: faces.length, problems, files }));
await engine.close();
await chain.close();

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openChain } from '../../server/chain/chain.ts';
import { createEngine } from '../../server/engine/engine-port.ts';
import type { FaceMix } from '../../server/installation/ports.ts';
import { importPack } from '../../server/networks/import/import-pack.ts';
import { defaultPack } from '../../server/paths.ts';
import { hasReference, referencePath } from '../reference.ts';
import { orderOf, picture, removeScratch, scratch, writeTinyPack } from './tiny-pack.ts';

const home = await scratch();
afterAll(() => removeScratch(home));

async function imported(file: string): Promise<string> {
  const folder = join(home, file);
  const progress = () => ({ update() {}, done() {} });
  const path = referencePath(file);
  await importPack({ file: path, name: file, folder, perceptualFrom: defaultPack, replace: false, progress });
  return folder;
}

/** Networks that differ from the default one in what the live piece keeps of a face, and in how it makes one up. */
const packs: readonly (readonly [what: string, isHere: boolean, make: () => Promise<string>])[] = [
  ['of several classes', true, async () => writeTinyPack(await scratch(), { classes: 3 })],
  ['without noise (StyleGAN3-T)', hasReference, () => imported('stylegan3-t-32.pkl')],
  ['without a mean latent or stored noise (rosinality)', hasReference, () => imported('rosinality-32-legacy.pt')],
  ['of 2018', hasReference, () => imported('stylegan1-tf-128.pkl')],
];

const nobody = (seed: number): FaceMix => [{ source: { kind: 'nobody', seed }, share: 1 }];
const start: FaceMix = [{ source: { kind: 'start' }, share: 1 }];

describe.each(packs)('a network %s in the live piece', (_, isHere, make) => {
  it.skipIf(!isHere)(
    'makes faces of nobody, walks, chains, survives a crash and a restart, and is filmed',
    async () => {
      const pack = await make();
      const folder = await scratch();
      const options = { pack, engine: 'cpu', niceness: 5, patience: 10_000, startPatience: 60_000 } as const;
      const open = async () => {
        const chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
        const engine = createEngine({ ...options, resume: 'last' }, chain);
        await engine.whenReady();
        return { chain, engine };
      };
      let { chain, engine } = await open();
      const { resolution } = engine.health;

      // Attract with no faces yet: nobody in particular, and walks from one to the other.
      const [a, b, again] = [
        await engine.render(nobody(1)),
        await engine.render(nobody(2)),
        await engine.render(nobody(1)),
      ];
      expect(again).toEqual(a);
      expect(difference(a.data, b.data)).toBeGreaterThan(1);
      const between = await engine.render([
        { source: { kind: 'nobody', seed: 1 }, share: 0.5 },
        { source: { kind: 'nobody', seed: 2 }, share: 0.5 },
      ]);
      expect(difference(between.data, a.data)).toBeGreaterThan(0.5);
      expect(difference(between.data, a.data)).toBeLessThan(difference(a.data, b.data));

      const first = await engine.become(orderOf(1, picture(1, resolution), 5));
      let last = await engine.render(start);
      let losses: number[] = [];
      for await (const { loss, image } of first.steps) {
        losses.push(loss);
        last = image;
      }
      await first.finish();
      expect(losses.at(-1)).toBeLessThan(losses[0]);

      const second = await engine.become(orderOf(2, picture(2, resolution), 6));
      losses = [];
      let isKilled = false;
      let steps = 0;
      for await (const { step, image, loss } of second.steps) {
        if (step === 0) expect(image).toEqual(last);
        expect(step).toBe(steps++);
        losses.push(loss);
        last = image;
        if (step < 6 || isKilled) continue;
        isKilled = true;
        process.kill(engine.pid as number, 'SIGKILL');
      }
      await second.finish();
      expect(engine.health.restarts).toBe(1);
      expect(losses.every(Number.isFinite)).toBe(true);
      const drawn = await engine.render([{ source: { kind: 'face', id: second.face }, share: 1 }]);
      expect(difference(drawn.data, last.data)).toBeLessThan(0.5);

      await engine.close();
      await chain.close();
      ({ chain, engine } = await open());
      expect(await engine.render(start)).toEqual(drawn);
      await expect
        .poll(() => existsSync(join(folder, 'faces', second.face, 'evolution.mp4')), { timeout: 60_000 })
        .toBe(true);
      await engine.close();
      await chain.close();
      await removeScratch(folder);
    },
  );
});

function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

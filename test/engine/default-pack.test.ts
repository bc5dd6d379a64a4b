import { afterAll, describe, expect, it } from 'vitest';
import { openChain } from '../../server/chain/chain.ts';
import { createEngine } from '../../server/engine/engine-port.ts';
import { defaultPack } from '../../server/paths.ts';
import { orderOf, picture, removeScratch, scratch } from './tiny-pack.ts';

const folder = await scratch();
afterAll(() => removeScratch(folder));

describe('the default pack', () => {
  it('starts without being waited for, and shows a first step for everybody', async () => {
    const chain = await openChain({ folder, keepPortraits: false, forgetAfter: 0 });
    const engine = createEngine(
      { pack: defaultPack, engine: 'cpu', niceness: 5, patience: 30_000, startPatience: 120_000, resume: 'last' },
      chain,
    );
    expect(engine.health.level).toBe('starting');
    await engine.whenReady();
    const { resolution } = engine.health;
    const times: number[] = [];
    for (let visitor = 1; visitor <= 3; visitor++) {
      const asked = performance.now();
      const becoming = await engine.become(orderOf(visitor, picture(visitor, resolution), 60));
      for await (const { step } of becoming.steps) {
        if (step === 0) times.push(performance.now() - asked);
        if (step === 3) break;
      }
      await becoming.abandon();
    }
    console.log(`from become to the first step: ${times.map(Math.round).join(', ')} ms`);
    expect(times).toHaveLength(3);
    await engine.close();
    await chain.close();
  });
});

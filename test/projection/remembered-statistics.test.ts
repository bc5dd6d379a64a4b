import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { loadStyleGan2 } from '../../server/networks/stylegan2.ts';
import { rememberedStatistics } from '../../server/projection/remembered-statistics.ts';
import { wStatistics } from '../../server/projection/w-statistics.ts';
import type { Runtime } from '../../server/runtime/runtime.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { scratchFolder } from '../weights/scratch.ts';

const scratch = scratchFolder();
const engine = await startEngine('cpu');
let compiled = 0;
const runtime: Runtime = {
  ...engine,
  compile: (graph) => {
    compiled++;
    return engine.compile(graph);
  },
};
const network = (seed: number) =>
  loadStyleGan2(randomStyleGan2({ resolution: 8, channelBase: 32, channelMax: 8, wDim: 8, seed }), 'random', {
    mappingMultiplier: 1,
    convClamp: null,
  });
const generator = network(1);

let count = 0;
let folder = '';
beforeEach(() => {
  folder = join(scratch.folder, `cache-${count++}`, 'deep');
  compiled = 0;
});
const ask = (of = generator) => rememberedStatistics(runtime, of, folder);
const files = () => readdirSync(folder);

describe('remembered statistics of W', () => {
  it('are measured once, and are the same to the last bit from then on', async () => {
    const measured = await wStatistics(engine, generator);
    expect(await ask()).toEqual(measured);
    expect(compiled).toBe(1);
    expect(await ask()).toEqual(measured);
    expect(compiled).toBe(1);
    expect(files()).toHaveLength(1);
  });

  it('are those of this network and engine, not of another', async () => {
    const one = await ask();
    const other = await ask(network(2));
    expect(other.mean).not.toEqual(one.mean);
    await rememberedStatistics({ ...runtime, name: 'another' }, generator, folder);
    expect(compiled).toBe(3);
    expect(files()).toHaveLength(3);
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ['with a number changed', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(bytes.at(-1)! ^ 1)])],
    ['empty', () => Buffer.alloc(0)],
    ['of something else', () => Buffer.from('not at all what is needed')],
  ])('are measured again where the file is %s', async (_, damage) => {
    const measured = await ask();
    const path = join(folder, files()[0]);
    const whole = readFileSync(path);
    writeFileSync(path, damage(whole));
    expect(await ask()).toEqual(measured);
    expect(compiled).toBe(2);
    expect(readFileSync(path)).toEqual(whole);
  });

  it('are measured each time where nothing can be written', async () => {
    folder = join(scratch.file(`file-${count}`, 'in the way'), 'deep');
    const measured = await ask();
    expect(await ask()).toEqual(measured);
    expect(compiled).toBe(2);
  });

  it('are of 32 packs at most, and nothing else is touched', async () => {
    await ask();
    const [newest] = files();
    for (let i = 0; i < 40; i++) {
      const path = join(folder, `w-${i.toString(16).padStart(64, '0')}.safetensors`);
      writeFileSync(path, 'old');
      utimesSync(path, i, i);
    }
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    await ask(network(3));
    const left = files();
    expect(left).toHaveLength(33);
    expect(left).toContain(newest);
    expect(left).toContain('notes.txt');
    expect(left).not.toContain(`w-${'0'.repeat(64)}.safetensors`);
  });
});

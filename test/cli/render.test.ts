import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeFaceLatent } from '../../server/chain/face-folder.ts';
import type { PackFacts } from '../../server/chain/face-record.ts';
import { input } from '../../server/graph/ops.ts';
import { loadFacePack, packSha256 } from '../../server/networks/face-pack.ts';
import { defaultPack } from '../../server/paths.ts';
import { type Latent, repeatW } from '../../server/projection/latent.ts';
import { writeLatent } from '../../server/projection/latent-file.ts';
import { RandomState } from '../../server/projection/random.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { openSafetensors, writeSafetensors } from '../../server/weights/safetensors.ts';
import { errorOfRange } from '../reference.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'familiar-faces-render-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: string[]) => join(folder, ...names);

const pack = loadFacePack(defaultPack);
const { generator } = pack;
const { numWs, wDim, noiseMaps, resolution } = generator;
const runtime = await startEngine('cpu');
afterAll(() => runtime.dispose());

/** A face whose noise maps are not the pack's. */
function face(seed: number): Latent {
  const random = new RandomState(seed);
  const ws = repeatW(generator.wAvg, numWs).map((x) => x + 0.3 * (random.normals(1)[0] ?? 0));
  return { ws, noise: noiseMaps.map(({ size }) => random.normals(size * size)) };
}

/** The pictures [3, R, R] of a latent with its own noise and with the pack's. */
async function pictures({ ws, noise }: Latent): Promise<{ own: Float32Array; stored: Float32Array }> {
  const maps = noiseMaps.map(({ size }, i) => input(`noise.${i}`, [1, 1, size, size]));
  const image = generator.synthesis(input('ws', [1, numWs, wDim]), maps);
  const graph = await runtime.compile({ outputs: { image } });
  const draw = async (of: readonly Float32Array[]) =>
    (await graph.run({ ws, ...Object.fromEntries(of.map((map, i) => [`noise.${i}`, map])) })).image;
  const both = { own: await draw(noise), stored: await draw(noiseMaps.map(({ stored }) => stored)) };
  await graph.dispose();
  return both;
}

const render = (...args: string[]) => runCli(['render', '--engine', 'cpu', ...args]);

/** Renders to a .safetensors file and reads its pictures, one after the other. */
async function rendered(name: string, ...args: string[]): Promise<Float32Array> {
  const { code, stderr } = await render(...args, '--out', at(`${name}.safetensors`));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return openSafetensors(at(`${name}.safetensors`)).read('image');
}

const facts = async (sha256?: string): Promise<PackFacts> => ({
  ...{ name: 'default', sha256: sha256 ?? (await packSha256(pack)), resolution, numWs, wDim },
  noise: noiseMaps.map(({ size }) => size),
});
const vector = ({ ws, noise }: Latent): Float32Array => Float32Array.from([ws, ...noise].flatMap((part) => [...part]));

it("draws a film's face with its own noise maps: the same face as its final picture", async () => {
  const latent = face(1);
  mkdirSync(at('film', '01-a'), { recursive: true });
  await writeLatent(at('film', '01-a'), generator, latent);
  const { own, stored } = await pictures(latent);
  expect(errorOfRange(own, stored)).toBeGreaterThan(0.05);
  const file = at('film', '01-a', 'latent.safetensors');
  expect(errorOfRange(await rendered('file', '--latents', file), own)).toBeLessThan(1e-5);
  expect(errorOfRange(await rendered('folder', '--latents', at('film')), own)).toBeLessThan(1e-5);
  expect(errorOfRange(await rendered('const', '--latents', file, '--noise', 'const'), stored)).toBeLessThan(1e-5);
  const without = await rendered('none', '--latents', file, '--noise', 'none');
  expect(errorOfRange(without, own)).toBeGreaterThan(0.01);
});

it('draws the faces of a chain, and names those that it cannot draw', async () => {
  const made = ['000001-aaaaaaaaaaaa', '000002-bbbbbbbbbbbb', '000003-cccccccccccc', '000004-dddddddddddd'];
  for (const name of made.slice(0, 3)) mkdirSync(at('chain', 'faces', name), { recursive: true });
  mkdirSync(at('chain', 'forgotten', made[3]), { recursive: true });
  const latent = face(2);
  await writeFaceLatent(at('chain', 'faces', made[0]), await facts(), vector(latent));
  await writeFaceLatent(at('chain', 'faces', made[1]), await facts('0'.repeat(64)), vector(face(3)));
  // The third is still being made; the fourth was deleted, and the disk did not let go of it.
  await writeFaceLatent(at('chain', 'forgotten', made[3]), await facts(), vector(face(4)));

  const { code, stderr } = await render('--latents', at('chain'), '--out', at('pictures'));
  expect(code).toBe(0);
  expect(stderr).toMatch(/^Left out: .*000002-bbbbbbbbbbbb.*another face pack.*--pack\.\n$/);
  expect(readdirSync(at('pictures'))).toEqual([`${made[0]}.png`]);
  const one = await rendered('one', '--latents', at('chain', 'faces', made[0]));
  expect(errorOfRange(one, (await pictures(latent)).own)).toBeLessThan(1e-5);
});

it('says in one line what cannot be drawn, and leaves nothing behind', async () => {
  mkdirSync(at('empty', 'x'), { recursive: true });
  await writeSafetensors(at('bare.safetensors'), { wplus: { shape: [1, numWs, wDim], data: face(5).ws } });
  mkdirSync(at('odd'));
  await writeFaceLatent(
    at('odd'),
    { ...(await facts()), noise: [4] },
    vector({ ws: face(6).ws, noise: [new Float32Array(16)] }),
  );
  const cases: [args: string[], code: number, words: RegExp][] = [
    [['--latents', at('empty')], 1, /no faces in this folder/],
    [['--latents', at('bare.safetensors'), '--noise', 'own'], 2, /no noise maps of the face's own/],
    [['--latents', at('odd')], 1, /another face pack \(it has 1 noise maps/],
    [['--latents', at('odd'), '--space', 'w'], 2, /Leave --space out/],
    [['--latents', at('nowhere')], 1, /no such file/],
  ];
  for (const [args, code, words] of cases) {
    const result = await render(...args, '--out', at('nothing'));
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(/^familiar-faces: [^\n]*\n$/) });
    expect(result.stderr).toMatch(words);
    expect(existsSync(at('nothing'))).toBe(false);
  }
});

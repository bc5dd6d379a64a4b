import { createSocket } from 'node:dgram';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../server/bench/free-port.ts';
import { parseConfig } from '../../server/config/read-config.ts';
import { writeMessage } from '../../server/control/osc/packet.ts';
import { constant, input } from '../../server/graph/ops.ts';
import { fromTensor } from '../../server/image/rgb-image.ts';
import { type Live, startLive } from '../../server/main.ts';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { RandomState } from '../../server/projection/random.ts';
import { decodeFrame, encodeAck } from '../../server/protocol/frame.ts';
import { protocolVersion } from '../../server/protocol/messages.ts';
import { startEngine } from '../../server/runtime/start-engine.ts';
import { runCli } from '../cli/run-cli.ts';
import { Page } from '../control/live.ts';
import { orderOf, picture, writeTinyPack } from '../engine/tiny-pack.ts';
import { FakeCamera } from '../installation/fakes.ts';
import { npy } from '../weights/npy-writer.ts';
import { torchZip } from '../weights/torch-writer.ts';
import { zip } from '../weights/zip-writer.ts';
import { writeBarePages } from './bare-pages.ts';

const [numWs, wDim] = [8, 16];
const random = new RandomState(11);
const vector = (count: number, size = 1) => random.normals(count).map((x) => x * size);

const torch = (shape: readonly number[], data: Float32Array): Buffer =>
  torchZip((tensor) => tensor({ storage: { type: 'FloatStorage', data }, shape }));
const table = (shape: readonly number[], data: Float32Array, deviations: Float32Array): Buffer =>
  torchZip(
    (tensor) =>
      new Map([
        ['comp', tensor({ storage: { type: 'FloatStorage', data }, shape })],
        ['std', tensor({ storage: { type: 'FloatStorage', data: deviations }, shape: [deviations.length] })],
      ]),
  );

/** Each public layout by the name of the slider it becomes. */
const directions: Readonly<Record<string, { file: string; bytes: Buffer; more?: readonly string[] }>> = {
  age: { file: 'stylegan_ffhq_age_boundary.npy', bytes: npy([1, wDim], vector(wDim)) },
  pose: { file: 'pose.pt', bytes: torch([1, wDim], vector(wDim)) },
  smile: { file: 'smile.npy', bytes: npy([numWs, wDim], vector(numWs * wDim)) },
  'hair-length': {
    file: 'ffhq_pca.pt',
    bytes: table([3, 1, wDim], vector(3 * wDim), Float32Array.of(2, 1.5, 1)),
    more: ['--component', '1'],
  },
};
const startWs = vector(numWs * wDim);
/** Each public layout of a face; the last one imported is the one that counts. */
const faces: readonly (readonly [file: string, bytes: Buffer])[] = [
  ['projected_w.npz', zip({ 'w.npy': npy([1, numWs, wDim], vector(numWs * wDim)) })],
  ['pti.pt', torch([1, numWs, wDim], vector(numWs * wDim))],
  ['hillary.npy', npy([numWs, wDim], startWs)],
];

let folder: string;
let pack: string;
let live: Live;
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imported-'));
  await writeBarePages(folder);
  pack = join(folder, 'pack');
  await mkdir(pack);
  await writeTinyPack(pack);
  const add = async (file: string, bytes: Buffer, ...options: string[]) => {
    await writeFile(join(folder, file), bytes);
    const result = await runCli(['import', join(folder, file), '--pack', pack, ...options]);
    expect(result).toMatchObject({ code: 0, stderr: '' });
  };
  for (const [name, { file, bytes, more = [] }] of Object.entries(directions)) {
    await add(file, bytes, '--as', 'direction', '--name', name, ...more);
  }
  for (const [file, bytes] of faces) await add(file, bytes, '--as', 'latent', '--force');
  port = await freePort();
  live = await startLive({
    config: parseConfig(
      `pack: ${pack}
server: {host: 127.0.0.1, port: ${port}, pin: "4711"}
engine: {runtime: cpu}
osc: {host: 127.0.0.1, port: ${await freePort()}}
live: {attractPace: 2, directions: {smile: 0.25}}`,
      'installation.yaml',
    ),
    folder,
    pages: join(folder, 'pages'),
    createCamera: () => new FakeCamera(),
  });
  await live.engine.whenReady();
}, 300_000);
afterAll(async () => {
  await live?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A wall that keeps the newest picture, decoded. */
class Wall {
  readonly #socket: WebSocket;
  #picture: Promise<Buffer> | null = null;
  count = 0;

  constructor() {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/frames?size=128&format=jpeg`);
    this.#socket.on('error', () => {});
    this.#socket.on('message', (data: Buffer) => {
      const frame = decodeFrame(data);
      if (!frame.ok) return;
      this.count += 1;
      this.#picture = sharp(frame.value.payload).raw().toBuffer();
      this.#socket.send(encodeAck(frame.value.header.sequence));
    });
  }

  /** The picture that the wall comes to rest at. */
  async still(): Promise<Buffer> {
    const began = performance.now();
    for (let before = -1; before !== this.count || this.#picture === null; ) {
      before = this.count;
      const { level, message } = live.engine.health;
      if (performance.now() - began > 40_000) throw new Error(`${before} pictures, engine ${level} ${message}`);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    return this.#picture as Promise<Buffer>;
  }

  close(): void {
    this.#socket.terminate();
  }
}

describe('an imported face', () => {
  it('is what the chain starts from', async () => {
    const { generator } = loadFacePack(pack);
    const { resolution, noiseMaps } = generator;
    const runtime = await startEngine('cpu');
    const noise = noiseMaps.map((map) => constant(map.stored, [1, 1, map.size, map.size]));
    const ws = input('ws', [1, numWs, wDim]);
    const graph = await runtime.compile({ outputs: { image: generator.synthesis(ws, noise) } });
    const expected = fromTensor((await graph.run({ ws: startWs })).image, resolution, resolution).data;
    await runtime.dispose();
    live.engine.setDirections({});
    const shown = await live.engine.render([{ source: { kind: 'start' }, share: 1 }]);
    expect(difference(shown.data, expected)).toBeLessThan(0.1);
    const becoming = await live.engine.become(orderOf(1, picture(1), 60));
    for await (const { image } of becoming.steps) {
      expect(difference(image.data, expected)).toBeLessThan(0.1);
      break;
    }
    await becoming.abandon();
  });
});

describe('imported directions in the live piece', () => {
  it('are sliders of the curator and of OSC, which bend what the wall shows and let it spring back', async () => {
    const wall = new Wall();
    const curator = new Page(
      port,
      { protocol: protocolVersion, role: 'curator', client: 'client-of-curator', pin: '4711' },
      {},
    );
    const controller = createSocket('udp4');
    const osc = (address: string, value: number) =>
      controller.send(writeMessage(address, [value]), Number(live.osc?.split(':').at(-1)), '127.0.0.1');
    try {
      await curator.until(({ state }) => state?.parameters && 'direction.age' in state.parameters);
      expect(curator.state?.parameters).toMatchObject({
        'direction.age': 0,
        'direction.pose': 0,
        // As installation.yaml has it.
        'direction.smile': 0.25,
        'direction.hair-length': 0,
      });
      await curator.command({ type: 'set', key: 'direction.smile', value: 0 });
      await curator.command({ type: 'set', key: 'freeze', value: true });
      const straight = await wall.still();
      for (const name of Object.keys(directions)) {
        const key = `direction.${name}`;
        expect(await curator.command({ type: 'set', key, value: 2 })).toMatchObject({ status: 'done' });
        const bowed = await wall.still();
        expect(difference(bowed, straight), name).toBeGreaterThan(3);
        osc(`/familiar/direction/${name}`, -2);
        await curator.until(({ state }) => state?.parameters[key as never] === -2);
        expect(difference(await wall.still(), bowed), name).toBeGreaterThan(3);
        osc(`/familiar/direction/${name}`, 0);
        await curator.until(({ state }) => state?.parameters[key as never] === 0);
        expect(difference(await wall.still(), straight), name).toBeLessThan(0.5);
      }
      expect(await curator.command({ type: 'set', key: 'direction.age', value: 4 })).toMatchObject({
        status: 'refused',
        code: 'out-of-range',
      });
      expect(await curator.command({ type: 'set', key: 'direction.beard', value: 1 })).toMatchObject({
        status: 'refused',
        code: 'unknown-parameter',
      });
    } finally {
      wall.close();
      curator.close();
      controller.close();
    }
    // Thirteen times the wall is watched until it rests.
  }, 180_000);

  it('bend a face while it becomes, and what is kept of it is the face itself', async () => {
    const becoming = await live.engine.become(orderOf(1, picture(3), 60));
    let bowed = new Uint8Array();
    for await (const { step, image } of becoming.steps) {
      if (step === 4) live.engine.setDirections({ age: 2 });
      bowed = new Uint8Array(image.data);
      // The engine is two steps ahead at most.
      if (step === 12) break;
    }
    await becoming.finish();
    const face = [{ source: { kind: 'face', id: becoming.face } as const, share: 1 }];
    const likewise = await live.engine.render(face);
    live.engine.setDirections({});
    const kept = await live.engine.render(face);
    // The maps of noise that are kept may be half a second older than the last picture.
    expect(difference(likewise.data, bowed)).toBeLessThan(2);
    expect(difference(kept.data, bowed)).toBeGreaterThan(4);
    const next = await live.engine.become(orderOf(2, picture(4), 60));
    for await (const { image } of next.steps) {
      expect(image).toEqual(kept);
      break;
    }
    await next.abandon();
  });
});

function difference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] - b[i]);
  return sum / a.length;
}

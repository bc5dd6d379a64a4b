import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recognise } from '../../server/networks/import/recognise.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import { call, dict, emitted, global, type Item, object, pickle, tuple } from './pickle-writer.ts';
import { scratchFolder } from './scratch.ts';
import { floats, nvidiaModule, type TorchData, torchLegacy, torchPickle, torchZip } from './torch-writer.ts';
import { zip } from './zip-writer.ts';

const scratch = scratchFolder();

const state: TorchData = (tensor) => {
  const storage = floats(...Array.from({ length: 64 }, (_, i) => i));
  return dict({
    g_ema: dict({ a: tensor({ storage, shape: [8, 8] }), b: tensor({ storage, shape: [8], strides: [8], offset: 3 }) }),
    half: tensor({ storage: { type: 'HalfStorage', data: new Uint16Array(9) }, shape: [3, 3] }),
    args: dict({ lr: 0.1, name: 'x'.repeat(300), list: [1, 2n ** 80n, tuple(), true] }),
  });
};

const array = (values: Float32Array): Item => {
  const type = emitted((w) =>
    w
      .item(call('numpy', 'dtype', 'f4', false, true))
      .item(tuple(3, '<', null, null))
      .raw(0x62),
  );
  const empty = call('numpy.core.multiarray', '_reconstruct', global('numpy', 'ndarray'), tuple(0), new Uint8Array(1));
  const data = new Uint8Array(values.buffer);
  return emitted((w) =>
    w
      .item(empty)
      .item(tuple(1, tuple(values.length), type, false, data))
      .raw(0x62),
  );
};

const npy = Buffer.concat([
  Buffer.from('\x93NUMPY\x01\x00\x3b\x00', 'latin1'),
  Buffer.from(`${"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(58)}\n`),
  new Uint8Array(8),
]);

/** A module of NVIDIA's with a part, which looks like a generator without being one. */
const nvidia: TorchData = (tensor) => {
  const one = tensor({ storage: floats(...new Array<number>(64).fill(0.5)), shape: [4, 4, 4] });
  const module = (tensors: Item, parts: Item): Item =>
    nvidiaModule('Generator', {
      _parameters: tensors,
      _buffers: dict({}),
      _modules: parts,
      _init_kwargs: dict({ c_dim: 0, mapping_kwargs: dict({ num_layers: 2 }) }),
    });
  const part = (name: string, parts: Item): Item => dict({ [name]: module(dict({ const: one, w_avg: one }), parts) });
  return dict({ G: null, G_ema: module(dict({}), part('synthesis', part('b4', dict({})))) });
};

const tensorflow = (() => {
  const network = (name: string, variables: readonly Item[], parts: Item): Item =>
    object(
      'dnnlib.tflib.network',
      'Network',
      dict({ version: 4, name, static_kwargs: dict({ resolution: 4 }), variables, components: parts }),
    );
  const variable = (name: string): Item => tuple(name, array(new Float32Array(16)));
  const synthesis = network('G_synthesis', [variable('4x4/Const/const'), variable('4x4/Conv/mod_weight')], dict({}));
  return pickle(tuple(network('G', [], dict({})), network('Gs', [variable('dlatent_avg')], dict({ synthesis }))), 2);
})();

const safetensors = (() => {
  const entry = (shape: readonly number[], at: number, end: number) => ({
    dtype: 'F32',
    shape,
    data_offsets: [at, end],
  });
  const header = JSON.stringify({
    __metadata__: { conv_clamp: '256' },
    'synthesis.b4.const': entry([4, 4, 4], 0, 256),
    'mapping.w_avg': entry([4], 256, 272),
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(272, 63)]);
})();

const seeds: [string, Uint8Array][] = [
  ['networks of NVIDIA', torchPickle(nvidia, 4)],
  ['networks of TensorFlow', tensorflow],
  ['safetensors', safetensors],
  ['archives', torchZip(state)],
  ['deflated archives', torchZip(state, { deflate: true, noSums: true })],
  ['zip64 archives', torchZip(state, { zip64: true, noSums: true })],
  ['the legacy format', torchLegacy(state)],
  ['pickles of protocol 2', torchPickle(state, 2)],
  ['pickles of protocol 4', torchPickle(state, 4)],
  ['pickles of arrays', pickle(dict({ a: array(new Float32Array(40)), b: [array(new Float32Array(2))] }), 2)],
  ['text pickles of arrays', pickle(dict({ a: array(new Float32Array(40)) }), 0)],
  ['arrays', npy],
  ['archives of arrays', zip({ 'a.npy': npy, 'b.npy': npy }, { noSums: true })],
];

/** Changes that meet lengths, opcodes and texts alike. */
const change = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    at: fc.nat(),
    byte: fc.constantFrom(0, 1, 0x28, 0x2e, 0x52, 0x7f, 0x80, 0xff),
  }),
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    kind: fc.constant('copy' as const),
    at: fc.nat(),
    from: fc.nat(),
    length: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({ kind: fc.constant('end' as const), at: fc.nat() }),
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(bytes: Buffer, edit: Change): Buffer {
  const at = edit.at % (bytes.length || 1);
  switch (edit.kind) {
    case 'set':
      bytes[at] = edit.byte;
      return bytes;
    case 'cut':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + edit.length)]);
    case 'copy': {
      const from = edit.from % (bytes.length || 1);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, from + edit.length), bytes.subarray(at)]);
    }
    case 'end':
      return bytes.subarray(0, at);
  }
}

describe.each(seeds)('changed %s', (name, seed) => {
  const path = join(scratch.folder, `${name}.bin`);
  const readAll = (): number => {
    const opened = openWeights(path);
    try {
      recognise(opened);
      for (const tensor of opened.tensors.tensors.keys()) opened.tensors.read(tensor);
      return opened.tensors.tensors.size;
    } finally {
      opened.close();
    }
  };

  it('are read before they are changed', () => {
    writeFileSync(path, seed);
    expect(readAll()).toBeGreaterThan(0);
  });

  it('are read, or end in an error that says what is wrong, soon and in little memory', () => {
    let slowest = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (edits) => {
        writeFileSync(path, edits.reduce(apply, Buffer.from(seed)));
        const start = performance.now();
        try {
          readAll();
        } catch (error) {
          expect(error).toMatchObject({ name: 'FamiliarError', message: expect.stringContaining(path) });
        }
        slowest = Math.max(slowest, performance.now() - start);
      }),
      { numRuns: 200 },
    );
    expect(slowest).toBeLessThan(2000);
    expect(process.memoryUsage().rss).toBeLessThan(1.5e9);
  });
});

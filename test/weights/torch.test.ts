import { describe, expect, it } from 'vitest';
import { openWeights } from '../../server/weights/open-weights.ts';
import type { OpenedWeights } from '../../server/weights/opened-weights.ts';
import { built, call, dict, emitted, global, type Item, persistent, pickle, shared, tuple } from './pickle-writer.ts';
import { refusal, scratchFolder } from './scratch.ts';
import {
  floats,
  nvidiaModule,
  type Stored,
  type TorchData,
  torchLegacy,
  torchPickle,
  torchZip,
} from './torch-writer.ts';
import { zip } from './zip-writer.ts';

const scratch = scratchFolder();

function open<T>(bytes: Uint8Array, use: (opened: OpenedWeights) => T): T {
  const opened = openWeights(scratch.file('network.bin', bytes));
  try {
    return use(opened);
  } finally {
    opened.close();
  }
}

const values = (bytes: Uint8Array): Record<string, number[]> =>
  open(bytes, ({ tensors }) =>
    Object.fromEntries([...tensors.tensors.keys()].map((name) => [name, [...tensors.read(name)]])),
  );

const refused = (bytes: Uint8Array) =>
  refusal(() => open(bytes, ({ tensors }) => [...tensors.tensors.keys()].map((name) => tensors.read(name))));

const containers: [string, (data: TorchData) => Uint8Array][] = [
  ['a stored archive', (data) => torchZip(data)],
  ['a deflated archive', (data) => torchZip(data, { deflate: true })],
  ['an archive of zip64', (data) => torchZip(data, { zip64: true, comment: 'PyTorch' })],
  ['an archive without sums', (data) => torchZip(data, { noSums: true })],
  ['the legacy format', torchLegacy],
  ['a plain pickle of protocol 2', (data) => torchPickle(data, 2)],
  ['a plain pickle of protocol 3', (data) => torchPickle(data, 3)],
  ['a plain pickle of protocol 4', (data) => torchPickle(data, 4)],
  ['a plain pickle of protocol 5', (data) => torchPickle(data, 5)],
];

describe.each(containers)('in %s', (_name, write) => {
  it('reads every element type', () => {
    const stored: Record<string, [Stored, number[]]> = {
      f64: [{ type: 'DoubleStorage', data: Float64Array.of(1.5, -2) }, [1.5, -2]],
      f32: [{ type: 'FloatStorage', data: Float32Array.of(1.5, -2) }, [1.5, -2]],
      f16: [{ type: 'HalfStorage', data: Uint16Array.of(0x3e00, 0xc000) }, [1.5, -2]],
      bf16: [{ type: 'BFloat16Storage', data: Uint16Array.of(0x3fc0, 0xc000) }, [1.5, -2]],
      i64: [{ type: 'LongStorage', data: BigInt64Array.of(-5n, 2n ** 40n) }, [-5, 2 ** 40]],
      i32: [{ type: 'IntStorage', data: Int32Array.of(-5, 70000) }, [-5, 70000]],
      i16: [{ type: 'ShortStorage', data: Int16Array.of(-5, 300) }, [-5, 300]],
      i8: [{ type: 'CharStorage', data: Int8Array.of(-5, 100) }, [-5, 100]],
      u8: [{ type: 'ByteStorage', data: Uint8Array.of(5, 255) }, [5, 255]],
      bool: [{ type: 'BoolStorage', data: Uint8Array.of(0, 1) }, [0, 1]],
    };
    const bytes = write((tensor) =>
      dict(
        Object.fromEntries(Object.entries(stored).map(([name, [storage]]) => [name, tensor({ storage, shape: [2] })])),
      ),
    );
    expect(values(bytes)).toEqual(
      Object.fromEntries(Object.entries(stored).map(([name, [, numbers]]) => [name, numbers])),
    );
  });

  it('reads views of one storage by offset and strides', () => {
    const storage = floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    const bytes = write((tensor) =>
      dict({
        all: tensor({ storage, shape: [3, 4] }),
        row: tensor({ storage, shape: [4], offset: 4 }),
        column: tensor({ storage, shape: [3], strides: [4], offset: 1 }),
        transposed: tensor({ storage, shape: [4, 3], strides: [1, 4] }),
        permuted: tensor({ storage, shape: [2, 3, 2], strides: [1, 4, 2] }),
        repeated: tensor({ storage, shape: [2, 3], strides: [0, 1], offset: 9 }),
        strange: tensor({ storage, shape: [1, 2], strides: [999, 1] }),
        none: tensor({ storage, shape: [0, 5] }),
        scalar: tensor({ storage, shape: [], offset: 7 }),
      }),
    );
    expect(values(bytes)).toEqual({
      all: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      row: [4, 5, 6, 7],
      column: [1, 5, 9],
      transposed: [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11],
      permuted: [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11],
      repeated: [9, 10, 11, 9, 10, 11],
      strange: [0, 1],
      none: [],
      scalar: [7],
    });
  });

  it('takes checkpoints apart', () => {
    const parameter = (data: Item) =>
      call('torch._utils', '_rebuild_parameter', data, true, call('collections', 'OrderedDict'));
    const bytes = write((tensor) =>
      dict({
        g_ema: dict({ 'conv.weight': tensor({ storage: floats(1, 2), shape: [1, 2] }) }),
        latent_avg: tensor({ storage: floats(3), shape: [1] }),
        steps: [parameter(tensor({ storage: floats(4), shape: [1] }))],
        args: dict({ lr: 0.5, size: call('torch', 'Size', tuple(1, 2)) }),
        iteration: 550000,
      }),
    );
    open(bytes, (opened) => {
      if (opened.kind !== 'checkpoint') throw new Error(opened.kind);
      expect([...opened.tensors.tensors.keys()]).toEqual(['g_ema.conv.weight', 'steps.0', 'latent_avg']);
      expect([...opened.groups.keys()]).toEqual(['g_ema', 'steps']);
      expect(opened.groups.get('g_ema')!.tensors.get('conv.weight')).toMatchObject({ dtype: 'F32', shape: [1, 2] });
      expect(opened.groups.get('steps')!.read('0')).toEqual(Float32Array.of(4));
      expect(opened.loose.read('latent_avg')).toEqual(Float32Array.of(3));
      expect(opened.values).toEqual({ args: { lr: 0.5, size: [1, 2] }, iteration: 550000 });
    });
  });

  it.each<[string, Omit<Parameters<Parameters<TorchData>[0]>[0], 'storage'>]>([
    ['larger than its storage', { shape: [13] }],
    ['beyond the end of its storage', { shape: [2], offset: 11 }],
    ['with strides beyond its storage', { shape: [2, 2], strides: [11, 1] }],
    ['with fewer strides than axes', { shape: [2, 2], strides: [1] }],
    ['with a negative stride', { shape: [2], strides: [-1], offset: 5 }],
    ['with a negative offset', { shape: [2], offset: -1 }],
    ['with an offset beyond numbers', { shape: [2], offset: 2 ** 60 }],
    ['with a stride beyond numbers', { shape: [2], strides: [2 ** 60] }],
  ])('refuses a tensor %s', (_what, view) => {
    const storage = floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    expect(refused(write((tensor) => dict({ a: tensor({ storage, ...view }) }))).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses to repeat a few elements into gigabytes', () => {
    const view = { storage: floats(1), shape: [2 ** 14, 2 ** 14], strides: [0, 0] };
    expect(refused(write((tensor) => tensor(view))).code).toBe('WEIGHTS_LIMIT');
  });

  it('reads the parameters of old files', () => {
    const bytes = write((tensor) => {
      const parameter = call('torch.nn.parameter', 'Parameter', tensor({ storage: floats(1, 2), shape: [2] }), true);
      return call('collections', 'OrderedDict', [tuple('weight', built(parameter, tuple(true, false, null)))]);
    });
    expect(values(bytes)).toEqual({ weight: [1, 2] });
  });

  it('refuses every truncation', () => {
    const whole = write((tensor) => dict({ a: tensor({ storage: floats(1, 2, 3), shape: [3] }) }));
    for (let length = 0; length < whole.length; length += 7) {
      expect(refused(whole.subarray(0, length)).code).toMatch(/^WEIGHTS_/);
    }
  });
});

describe('archives', () => {
  const data: TorchData = (tensor) => dict({ a: tensor({ storage: floats(1, 2, 3), shape: [3] }) });

  it('says so where values were changed', () => {
    const whole = torchZip(data);
    whole[whole.indexOf(Buffer.from(Float32Array.of(2, 3).buffer))]! ^= 1;
    expect(refused(whole).message).toContain('not as it was written');
  });

  it('says so where a storage is missing, or has another size', () => {
    expect(refused(zip({ 'a/data.pkl': pickleOfStorage(3) })).message).toContain('"a/data/0" is missing');
    expect(refused(zip({ 'a/data.pkl': pickleOfStorage(3), 'a/data/0': Buffer.alloc(8) })).code).toBe(
      'WEIGHTS_DAMAGED',
    );
  });

  it('refuses other byte orders', () => {
    expect(refused(torchZip(data, {}, { 'net/byteorder': Buffer.from('big') })).message).toContain('big-endian');
    expect(values(torchZip(data, {}, { 'net/byteorder': Buffer.from('little') }))).toEqual({ a: [1, 2, 3] });
  });

  it('refuses an archive that claims to unpack into gigabytes', () => {
    const bomb = zip({ 'a/data.pkl': pickleOfStorage(2 ** 28), 'a/data/0': Buffer.alloc(1000) }, { deflate: true });
    const at = bomb.lastIndexOf(Buffer.from('a/data/0')) - 46;
    bomb.writeUInt32LE(2 ** 30, at + 24);
    expect(refused(bomb).code).toBe('WEIGHTS_LIMIT');
  });

  it('refuses an entry that is longer or shorter than it says', () => {
    for (const size of [11, 13]) {
      const wrong = torchZip(data, { deflate: true, noSums: true });
      const at = wrong.lastIndexOf(Buffer.from('net/data.pkl')) - 46;
      const real = wrong.readUInt32LE(at + 24);
      wrong.writeUInt32LE(real + size - 12, at + 24);
      expect(refused(wrong).code).toBe('WEIGHTS_DAMAGED');
    }
  });

  it('refuses names that stand twice', () => {
    const twice = zip({ 'a/data.pkl': pickle(1), 'b/data.pkl': pickle(1) });
    twice.write('a/data.pkl', twice.lastIndexOf(Buffer.from('b/data.pkl')));
    expect(refused(twice).message).toContain('twice');
  });

  it('says so of an archive without a network', () => {
    expect(refused(zip({ 'README.md': Buffer.from('hello') })).message).toContain('Unpack it');
    expect(refused(zip({})).message).toContain('Unpack it');
  });
});

describe('TorchScript', () => {
  it('reads the tensors of a program by the names of its attributes', () => {
    const module = (name: string, state: Record<string, Item>): Item =>
      emitted((w) =>
        w
          .item(global(`__torch__.torch.nn.modules.${name}`, 'Conv2d'))
          .item(tuple())
          .raw(0x81)
          .item(dict(state))
          .raw(0x62),
      );
    const bytes = torchZip(
      (tensor) =>
        module('container', {
          training: false,
          mean: tensor({ storage: floats(9), shape: [1] }),
          sizes: call('torch.jit._pickle', 'build_intlist', [1, 2]),
          conv1: module('conv', { weight: tensor({ storage: floats(1, 2), shape: [2] }), bias: null }),
        }),
      {},
      {
        'net/constants.pkl': pickle(tuple(1, pickledStorage(2)), 2),
        'net/constants/0': Buffer.from(Float32Array.of(5, 6).buffer),
      },
    );
    open(bytes, (opened) => expect([opened.container, opened.kind]).toEqual(['torchscript', 'state-dict']));
    expect(values(bytes)).toEqual({ mean: [9], 'conv1.weight': [1, 2], 'constants.1': [5, 6] });
  });

  it('takes the names of programs in programs only', () => {
    const program = (tensor: Parameters<TorchData>[0]) => [
      call('__torch__.x', 'Conv2d'),
      tensor({ storage: floats(1), shape: [1] }),
    ];
    expect(refused(torchZip(program)).code).toBe('WEIGHTS_FORBIDDEN');
  });
});

describe('NVIDIA pickles', () => {
  const module = (className: string, state: Record<string, Item>): Item =>
    nvidiaModule(
      className,
      {
        training: false,
        _parameters: call('collections', 'OrderedDict'),
        _buffers: call('collections', 'OrderedDict'),
        _non_persistent_buffers_set: call('builtins', 'set'),
        _backward_hooks: call('collections', 'OrderedDict'),
        _modules: dict({}),
        _init_args: tuple(),
        _init_kwargs: dict({}),
        ...state,
      },
      `import os; os.system("false")\n${'#'.repeat(5000)}`,
    );

  const network: TorchData = (tensor) => {
    const layer = module('SynthesisLayer', {
      _parameters: dict({ weight: tensor({ storage: floats(1, 2), shape: [1, 2] }), bias: null }),
      _buffers: dict({
        noise: tensor({ storage: floats(3), shape: [] }),
        cache: tensor({ storage: floats(4), shape: [1] }),
      }),
      _non_persistent_buffers_set: call('builtins', 'set', ['cache']),
      activation: 'lrelu',
      sizes: numpyArray(BigInt64Array.of(36n, 52n)),
    });
    const generator = shared(
      module('Generator', {
        z_dim: 512,
        _modules: dict({ synthesis: module('SynthesisNetwork', { _modules: dict({ b4: layer, nothing: null }) }) }),
        _init_kwargs: dict({
          z_dim: 512,
          mapping_kwargs: emitted((w) =>
            w
              .item(global('dnnlib.util', 'EasyDict'))
              .item(tuple())
              .raw(0x81)
              .raw(0x28)
              .item('num_layers')
              .item(8)
              .raw(0x75),
          ),
        }),
      }),
    );
    return dict({ G: generator, D: null, G_ema: generator, training_set_kwargs: dict({ path: 'ffhq.zip' }) });
  };

  it('reads networks without a look at their source', () => {
    open(torchPickle(network), (opened) => {
      if (opened.kind !== 'modules') throw new Error(opened.kind);
      expect([...opened.modules.keys()]).toEqual(['G', 'G_ema']);
      const { root, tensors } = opened.modules.get('G_ema')!;
      expect(root).toMatchObject({
        className: 'Generator',
        kwargs: { z_dim: 512, mapping_kwargs: { num_layers: 8 } },
        attributes: { z_dim: 512 },
      });
      const layer = root.children.get('synthesis')!.children.get('b4')!;
      expect(layer).toMatchObject({
        className: 'SynthesisLayer',
        attributes: { activation: 'lrelu', sizes: [36, 52] },
      });
      expect([...tensors.tensors.keys()]).toEqual(['synthesis.b4.weight', 'synthesis.b4.noise']);
      expect(tensors.read('synthesis.b4.weight')).toEqual(Float32Array.of(1, 2));
      expect(opened.tensors.read('G.synthesis.b4.noise')).toEqual(Float32Array.of(3));
      expect(opened.values).toEqual({ D: null, training_set_kwargs: { path: 'ffhq.zip' } });
    });
  });

  it('reads a network that stands alone in a file of PyTorch', () => {
    const alone: TorchData = (tensor) =>
      module('Generator', { _parameters: dict({ w: tensor({ storage: floats(5), shape: [1] }) }) });
    open(torchZip(alone), (opened) => {
      if (opened.kind !== 'modules') throw new Error(opened.kind);
      expect(opened.modules.get('')!.root.className).toBe('Generator');
      expect(opened.tensors.read('w')).toEqual(Float32Array.of(5));
    });
  });

  it('says so where a network is not described', () => {
    const broken = call('torch_utils.persistence', '_reconstruct_persistent_obj', dict({ type: 'class' }));
    expect(refused(pickle(dict({ G_ema: broken }))).code).toBe('WEIGHTS_DAMAGED');
  });
});

describe('crafted data', () => {
  it('refuses functions that rebuild functions', () => {
    let nested: Item = tuple();
    for (let i = 0; i < 150; i++) nested = tuple(global('torch._tensor', '_rebuild_from_type_v2'), null, nested, null);
    const bytes = pickle(
      call(
        'torch._tensor',
        '_rebuild_from_type_v2',
        global('torch._tensor', '_rebuild_from_type_v2'),
        null,
        nested,
        null,
      ),
    );
    expect(refused(bytes).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses a storage inside of a storage', () => {
    const inner = torchLegacy(() => call('torch.storage', '_load_from_bytes', new Uint8Array(1)));
    expect(refused(pickle(call('torch.storage', '_load_from_bytes', inner))).code).toBe('WEIGHTS_FORBIDDEN');
    expect(refused(pickle(call('torch.storage', '_load_from_bytes', pickle(1)))).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses a tensor that is no tensor', () => {
    for (const args of [
      [],
      [1],
      [null, 0, tuple(1), tuple(1)],
      [global('torch', 'FloatStorage'), 0, tuple(1), tuple(1)],
    ]) {
      expect(refused(pickle(call('torch._utils', '_rebuild_tensor_v2', ...args))).code).toBe('WEIGHTS_DAMAGED');
    }
  });

  it('ends where lists share their items without end', () => {
    let list: Item = shared([1, 2]);
    for (let i = 0; i < 60; i++) list = shared([list, list]);
    expect(refused(pickle(dict({ a: list }))).code).toBe('WEIGHTS_LIMIT');
  });

  it('says so where there are no weights', () => {
    expect(refused(pickle(dict({ a: 1 }))).code).toBe('WEIGHTS_EMPTY');
    expect(refused(pickle(null)).code).toBe('WEIGHTS_EMPTY');
    expect(refused(torchZip(() => dict({}))).code).toBe('WEIGHTS_EMPTY');
  });
});

function pickledStorage(count: number): Item {
  const storage = persistent(tuple('storage', global('torch', 'FloatStorage'), '0', 'cpu', count));
  return call('torch._utils', '_rebuild_tensor_v2', storage, 0, tuple(count), tuple(1), false, null);
}

const pickleOfStorage = (count: number): Buffer => pickle(pickledStorage(count), 2);

function numpyArray(values: BigInt64Array): Item {
  const type = emitted((w) =>
    w
      .item(call('numpy', 'dtype', 'i8', false, true))
      .item(tuple(3, '<', null, null, null, -1, -1, 0))
      .raw(0x62),
  );
  const empty = call('numpy.core.multiarray', '_reconstruct', global('numpy', 'ndarray'), tuple(0), new Uint8Array(1));
  return emitted((w) =>
    w
      .item(empty)
      .item(tuple(1, tuple(values.length), type, false, new Uint8Array(values.buffer)))
      .raw(0x62),
  );
}

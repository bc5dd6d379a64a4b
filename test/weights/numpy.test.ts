import { describe, expect, it } from 'vitest';
import { openWeights } from '../../server/weights/open-weights.ts';
import { call, dict, emitted, global, type Item, pickle, tuple } from './pickle-writer.ts';
import { refusal, scratchFolder } from './scratch.ts';
import { zip } from './zip-writer.ts';

const scratch = scratchFolder();

function read(bytes: Uint8Array): Record<string, { shape: number[]; values: number[] }> {
  const opened = openWeights(scratch.file('array.bin', bytes));
  const { tensors } = opened;
  const read = [...tensors.tensors].map(([name, { shape }]) => [
    name,
    { shape: [...shape], values: [...tensors.read(name)] },
  ]);
  opened.close();
  return Object.fromEntries(read);
}

const refused = (bytes: Uint8Array) => refusal(() => read(bytes));

/** A .npy file. */
function npy(descr: string, shape: string, data: Uint8Array, { fortran = false, version = 1 } = {}): Buffer {
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const text = `${dictionary.padEnd(117)}\n`;
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  length.writeUInt16LE(text.length);
  return Buffer.concat([
    Buffer.from('\x93NUMPY', 'latin1'),
    Buffer.from([version, 0]),
    length,
    Buffer.from(text),
    data,
  ]);
}

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

describe('.npy', () => {
  it('reads arrays in C and in Fortran order', () => {
    expect(read(npy('<f4', '(2, 3)', floats(1, 2, 3, 4, 5, 6)))).toEqual({
      array: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
    });
    const fortran = npy('<f4', '(2, 3)', floats(1, 2, 3, 4, 5, 6), { fortran: true });
    expect(read(fortran).array!.values).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('reads every number type, and other byte orders', () => {
    const cases: [string, ArrayBufferView, number[]][] = [
      ['<f8', Float64Array.of(1.5, -2), [1.5, -2]],
      ['<f2', Uint16Array.of(0x3e00, 0xc000), [1.5, -2]],
      ['<i8', BigInt64Array.of(-5n, 2n ** 40n), [-5, 2 ** 40]],
      ['<u8', BigUint64Array.of(5n, 2n ** 63n), [5, 2 ** 63]],
      ['<i4', Int32Array.of(-5, 70000), [-5, 70000]],
      ['<u4', Uint32Array.of(5, 2 ** 31), [5, 2 ** 31]],
      ['<i2', Int16Array.of(-5, 300), [-5, 300]],
      ['<u2', Uint16Array.of(5, 65535), [5, 65535]],
      ['|i1', Int8Array.of(-5, 100), [-5, 100]],
      ['|u1', Uint8Array.of(5, 255), [5, 255]],
      ['|b1', Uint8Array.of(0, 1), [0, 1]],
      ['>f4', Buffer.from('3fc00000c0000000', 'hex'), [1.5, -2]],
      ['>i2', Buffer.from('fffb012c', 'hex'), [-5, 300]],
      ['>f8', Buffer.from('3ff8000000000000c000000000000000', 'hex'), [1.5, -2]],
    ];
    for (const [descr, { buffer, byteOffset, byteLength }, values] of cases) {
      expect(read(npy(descr, '(2,)', new Uint8Array(buffer, byteOffset, byteLength))).array).toEqual({
        shape: [2],
        values,
      });
    }
  });

  it('reads one number, no numbers, and versions 2 and 3', () => {
    expect(read(npy('<f4', '()', floats(7))).array).toEqual({ shape: [], values: [7] });
    expect(read(npy('<f4', '(0, 3)', floats())).array).toEqual({ shape: [0, 3], values: [] });
    for (const version of [2, 3]) expect(read(npy('<f4', '(1,)', floats(7), { version })).array!.values).toEqual([7]);
  });

  it('reads a dict that numpy.save wrapped into an array', () => {
    const wrapped = npy('|O', '()', pickle(array(tuple(), 'O8', [dict({ age: array(tuple(2), 'f4', floats(1, 2)) })])));
    expect(read(wrapped)).toEqual({ age: { shape: [2], values: [1, 2] } });
  });

  it.each<[string, () => Uint8Array, string]>([
    ['a shape that does not fit', () => npy('<f4', '(3,)', floats(1, 2)), 'WEIGHTS_DAMAGED'],
    ['a negative size', () => npy('<f4', '(-1,)', floats(1, 2)), 'WEIGHTS_DAMAGED'],
    ['a half array', () => npy('<f4', '(3,)', floats(1, 2, 3)).subarray(0, -1), 'WEIGHTS_DAMAGED'],
    ['a half header', () => npy('<f4', '(3,)', floats(1, 2, 3)).subarray(0, 40), 'WEIGHTS_DAMAGED'],
    ['a huge shape', () => npy('<f4', '(99999999999, 99999999999)', floats(1)), 'WEIGHTS_DAMAGED'],
    ['texts', () => npy('<U5', '(1,)', Buffer.alloc(20)), 'WEIGHTS_UNSUPPORTED'],
    ['complex numbers', () => npy('<c8', '(1,)', Buffer.alloc(8)), 'WEIGHTS_UNSUPPORTED'],
    ['an unknown version', () => npy('<f4', '(1,)', floats(1), { version: 9 }), 'WEIGHTS_DAMAGED'],
    [
      'a header that would have to be run',
      () => npy("' + __import__('os').system('true') + '", '(1,)', floats(1)),
      'WEIGHTS_UNSUPPORTED',
    ],
    ['records', () => npy("<f4'), ('b', '<f4", '(1,)', floats(1)), 'WEIGHTS_UNSUPPORTED'],
  ])('refuses %s', (_what, make, code) => {
    expect(refused(make()).code).toBe(code);
  });
});

/** A .npy file with its header as a text. */
function npyOf(header: string, data: Uint8Array, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  const text = Buffer.from(header, version === 3 ? 'utf8' : 'latin1');
  length.writeUInt16LE(text.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.from([version, 0]), length, text, data]);
}

describe('headers of other programs, as NumPy reads them', () => {
  const six = floats(1, 2, 3, 4, 5, 6);
  it.each([
    ['another order of keys', `{'shape': (2, 3), 'descr': '<f4', 'fortran_order': False}`],
    ['double quotes', `{"descr": "<f4", "fortran_order": False, "shape": (2, 3)}`],
    ['no blanks', `{'descr':'<f4','fortran_order':False,'shape':(2,3)}\n`],
    ['long integers of Python 2', `{'descr': '<f4', 'fortran_order': False, 'shape': (2L, 3L), }`],
    ['no byte order', `{'descr': 'f4', 'fortran_order': False, 'shape': (2, 3), }`],
    ['the byte order of the machine', `{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3), }`],
    ['a name of the type', `{'descr': 'float32', 'fortran_order': False, 'shape': (2, 3), }`],
    ['a letter of the type', `{'descr': '<f', 'fortran_order': False, 'shape': (2, 3), }`],
    ['texts of Python 2', `{u'descr': u'<f4', u'fortran_order': False, u'shape': (2, 3)}`],
    ['escapes', String.raw`{'descr': '\x3cf4', 'fortran_order': False, 'shape': (2, 3)}`],
    ['texts in two parts, three quotes', `{'de' 'scr': """<f4""", 'fortran_order': False, 'shape': (2, 3)}`],
    ['lines and comments', `{\n  'descr': '<f4',  # single\n  'fortran_order': False,\n  'shape': (2, 3),\n}\n\n`],
    ['hexadecimal sizes and parentheses', `({'descr': '<f4', 'fortran_order': False, 'shape': ((0x2), +3,)})`],
    ['a key twice', `{'descr': '<f8', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}`],
  ])('%s', (_what, header) => {
    for (const version of [1, 2, 3]) {
      expect(read(npyOf(header, six, version)).array).toEqual({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] });
    }
  });

  it('takes the array and leaves what stands behind it', () => {
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }`;
    expect(read(npyOf(header, six)).array).toEqual({ shape: [2], values: [1, 2] });
  });

  it.each<[string, string]>([
    ['records', `{'descr': [('w', '<f4'), ('n', '<f4')], 'fortran_order': False, 'shape': (3,)}`],
    ['records in one text', `{'descr': 'f4,f4', 'fortran_order': False, 'shape': (3,)}`],
    ['arrays of arrays', `{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (3,)}`],
    ['dates', `{'descr': '<M8[s]', 'fortran_order': False, 'shape': (3,)}`],
    ['a size that is no tuple', `{'descr': '<f4', 'fortran_order': False, 'shape': (6)}`],
    ['a list of sizes', `{'descr': '<f4', 'fortran_order': False, 'shape': [6]}`],
    ['a number for True', `{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}`],
    ['another key', `{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'more': 1}`],
    ['a missing key', `{'descr': '<f4', 'shape': (6,)}`],
    ['an expression', `{'descr': '<f4', 'fortran_order': False, 'shape': (2 * 3,)}`],
    ['a call', `{'descr': '<f4', 'fortran_order': False, 'shape': tuple([6])}`],
    ['half a dict', `{'descr': '<f4', 'fortran_order': False, 'shape': (6,)`],
    ['endless parentheses', '('.repeat(20_000)],
    ['endless texts', `{'descr': ${"''".repeat(20_000)}`],
  ])('refuses %s in one line', (_what, header) => {
    const error = refused(npyOf(header, six));
    expect(error.code).toBe('WEIGHTS_UNSUPPORTED');
    expect(error.message).not.toMatch(/\n|undefined|\[object/);
  });
});

describe('.npz', () => {
  const w = npy('<f4', '(1, 2)', floats(1, 2));

  it('takes the array that concerns us, whatever stands beside it', () => {
    const beside = {
      'names.npy': npy('<U5', '(1,)', Buffer.alloc(20)),
      'records.npy': npyOf(`{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}`, floats(1)),
      'settings.npy': npy('|O', '()', pickle(array(tuple(), 'O8', [dict({ steps: 1 })]))),
      'when.npy': npy('<M8[s]', '()', Buffer.alloc(8)),
      'notes.txt': Buffer.from('hello'),
      '__MACOSX/._w.npy': Buffer.from('junk'),
    };
    expect(read(zip({ ...beside, 'w.npy': w }))).toEqual({ w: { shape: [1, 2], values: [1, 2] } });
  });

  it('says why where there is no array of numbers', () => {
    const { code, message } = refused(zip({ 'names.npy': npy('<U5', '(1,)', Buffer.alloc(20)) }));
    expect(code).toBe('WEIGHTS_UNSUPPORTED');
    expect(message).toContain('"<U5"');
    expect(refused(zip({ 'notes.txt': w })).code).toBe('WEIGHTS_UNSUPPORTED');
    expect(refused(zip({ 'w.npy': w.subarray(0, -1) })).code).toBe('WEIGHTS_DAMAGED');
  });

  it.each([{}, { deflate: true }, { zip64: true }])('reads the arrays of an archive with %o', (options) => {
    const bytes = zip(
      { 'w.npy': npy('<f4', '(1, 2)', floats(1, 2)), 'steps.npy': npy('<i4', '()', floats(0)) },
      options,
    );
    expect(read(bytes)).toEqual({ w: { shape: [1, 2], values: [1, 2] }, steps: { shape: [], values: [0] } });
  });
});

describe('arrays in pickles', () => {
  it.each([0, 1, 2, 3, 4, 5])('reads arrays of protocol %i', (protocol) => {
    const data = dict({
      c: array(tuple(2, 3), 'f4', floats(1, 2, 3, 4, 5, 6)),
      f: array(tuple(2, 3), 'f4', floats(1, 2, 3, 4, 5, 6), true),
      big: array(tuple(1), 'f4', Buffer.from('3fc00000', 'hex'), false, '>'),
      large: array(tuple(3000), 'f8', new Uint8Array(new Float64Array(3000).fill(0.1).buffer)),
    });
    const { c, f, big, large } = read(pickle(data, protocol));
    expect(c).toEqual({ shape: [2, 3], values: [1, 2, 3, 4, 5, 6] });
    expect(f).toEqual({ shape: [2, 3], values: [1, 3, 5, 2, 4, 6] });
    expect(big!.values).toEqual([1.5]);
    expect(large!.values).toEqual(new Array(3000).fill(Math.fround(0.1)));
  });

  it('reads the buffers of protocol 5 and NumPy 2', () => {
    const buffer = (shape: Item, order: string, ...axes: Item[]) =>
      call('numpy._core.numeric', '_frombuffer', floats(1, 2, 3, 4, 5, 6), type('f4'), shape, order, ...axes);
    const bytes = pickle(
      dict({
        c: buffer(tuple(2, 3), 'C'),
        f: buffer(tuple(2, 3), 'F'),
        k: buffer(tuple(1, 2, 3), 'K', tuple(2, 0, 1)),
      }),
      5,
    );
    expect(read(bytes)).toEqual({
      c: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      f: { shape: [2, 3], values: [1, 3, 5, 2, 4, 6] },
      k: { shape: [3, 1, 2], values: [1, 4, 2, 5, 3, 6] },
    });
    expect(refused(pickle(buffer(tuple(1, 2, 3), 'K', tuple(2, 0, 0)), 5)).code).toBe('WEIGHTS_DAMAGED');
  });

  it('refuses arrays whose data do not fit', () => {
    expect(refused(pickle(array(tuple(3), 'f4', floats(1, 2)))).code).toBe('WEIGHTS_DAMAGED');
    // Up to protocol 2 data is text, whose length is known when it is read.
    expect(refused(pickle(array(tuple(3000), 'f4', new Uint8Array(8000).fill(200)), 2)).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(pickle(array(tuple(2 ** 30, 2 ** 30), 'f4', floats(1)))).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(pickle(array(tuple(-1), 'f4', floats(1)))).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(pickle(array(tuple(...new Array(20).fill(1)), 'f4', floats(1)))).code).toBe('WEIGHTS_DAMAGED');
  });
});

describe('TensorFlow networks', () => {
  const network = (state: Record<string, Item>): Item =>
    emitted((w) =>
      w.item(global('dnnlib.tflib.network', 'Network')).item(tuple()).raw(0x81).item(dict(state)).raw(0x62),
    );
  const scalar = (value: number) => call('numpy.core.multiarray', 'scalar', type('f4'), floats(value));
  const plain = {
    version: 4,
    static_kwargs: dict({}),
    components: dict({}),
    build_module_src: 'exit()',
    variables: [],
  };

  it('reads networks, their parts and their variables', () => {
    const mapping = network({
      ...plain,
      name: 'G_mapping',
      build_func_name: 'G_mapping',
      variables: [tuple('Dense0/weight', array(tuple(1, 2), 'f4', floats(1, 2)))],
    });
    const gs = network({
      ...plain,
      name: 'Gs',
      build_func_name: 'training.networks_stylegan2.G_main',
      static_kwargs: dict({ resolution: 1024, truncation_psi: scalar(0.5) }),
      components: dict({ mapping }),
      variables: [tuple('lod', scalar(0)), tuple('dlatent_avg', array(tuple(2), 'f4', floats(3, 4)))],
    });
    const empty = network({ ...plain, name: 'G', build_func_name: 'x' });
    const opened = openWeights(scratch.file('tf.pkl', pickle(tuple(empty, gs), 2)));
    if (opened.kind !== 'tensorflow-networks') throw new Error(opened.kind);
    expect(opened.networks.map(({ root }) => root.name)).toEqual(['G', 'Gs']);
    const { root, tensors } = opened.networks[1]!;
    expect(root).toMatchObject({
      version: 4,
      buildFunction: 'training.networks_stylegan2.G_main',
      kwargs: { resolution: 1024, truncation_psi: 0.5 },
    });
    expect(root.components.get('mapping')!.buildFunction).toBe('G_mapping');
    expect([...tensors.tensors.keys()]).toEqual(['lod', 'dlatent_avg', 'mapping/Dense0/weight']);
    expect(tensors.read('lod')).toEqual(Float32Array.of(0));
    expect(opened.tensors.read('Gs/mapping/Dense0/weight')).toEqual(Float32Array.of(1, 2));
    opened.close();
  });

  it('says so where a network is not described', () => {
    expect(refused(pickle(network({ ...plain, variables: [1] }), 2)).code).toBe('WEIGHTS_DAMAGED');
    expect(refused(pickle(tuple(call('dnnlib.tflib.network', 'Network')), 2)).code).toBe('WEIGHTS_DAMAGED');
  });
});

function type(code: string, order = '<'): Item {
  const made = call('numpy', 'dtype', code, false, true);
  return emitted((w) =>
    w
      .item(made)
      .item(tuple(3, order, null, null, null, -1, -1, 0))
      .raw(0x62),
  );
}

/** What numpy.ndarray.__reduce__ gives. */
function array(shape: Item, code: string, data: Item, fortran = false, order = '<'): Item {
  const empty = call('numpy.core.multiarray', '_reconstruct', global('numpy', 'ndarray'), tuple(0), new Uint8Array(1));
  return emitted((w) =>
    w
      .item(empty)
      .item(tuple(1, shape, type(code, order), fortran, data))
      .raw(0x62),
  );
}

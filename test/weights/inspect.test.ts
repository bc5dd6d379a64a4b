import { describe, expect, it } from 'vitest';
import { formatInspection, inspect } from '../../server/weights/inspect.ts';
import { hasReference, referencePath } from '../reference.ts';
import { dict } from './pickle-writer.ts';
import { refusal, scratchFolder } from './scratch.ts';
import { floats, torchPickle, torchZip } from './torch-writer.ts';

const scratch = scratchFolder();
const unknown = () => undefined;

const checkpoint = torchZip((tensor) =>
  dict({
    g_ema: dict({ 'conv.weight': tensor({ storage: floats(1, 2), shape: [1, 2] }) }),
    latent_avg: tensor({ storage: floats(3), shape: [] }),
    args: dict({ lr: 0.002 }),
    nothing: null,
  }),
);

describe('inspect', () => {
  it('describes a file as data', () => {
    const path = scratch.file('net.pt', checkpoint);
    expect(inspect(path, unknown)).toEqual({
      path,
      bytes: checkpoint.length,
      container: 'torch-zip',
      kind: 'checkpoint',
      recognition: undefined,
      parts: [
        { name: 'g_ema', made: '', settings: {}, tensors: [{ name: 'conv.weight', dtype: 'F32', shape: [1, 2] }] },
        { name: '', made: '', settings: {}, tensors: [{ name: 'latent_avg', dtype: 'F32', shape: [] }] },
      ],
      values: { args: { lr: 0.002 }, nothing: null },
    });
  });

  it('lets those who know networks say what it is', () => {
    const inspection = inspect(scratch.file('net.pt', checkpoint), (opened) => ({
      title: `A network of ${opened.tensors.tensors.size} tensors`,
      settings: { resolution: 32 },
      notes: ['Noise is made up.'],
      missing: ['the mapping network'],
    }));
    const text = formatInspection(inspection);
    expect(text).toContain('A network of 2 tensors');
    expect(text).toContain('resolution = 32');
    expect(text).toContain('missing: the mapping network');
  });

  it('closes the file, also when nobody can say what it is', () => {
    const path = scratch.file('net.pt', checkpoint);
    let read = (): unknown => undefined;
    inspect(path, (opened) => {
      read = () => opened.tensors.read('latent_avg');
      return undefined;
    });
    expect(read).toThrow('after it was closed');
    expect(() =>
      inspect(path, () => {
        throw new Error('a defect');
      }),
    ).toThrow('a defect');
  });

  it('says what is wrong with a file that is none', () => {
    expect(refusal(() => inspect(scratch.file('a.pkl', '<html>'), unknown)).code).toBe('WEIGHTS_NOT_RECOGNISED');
  });

  it('prints a line for each tensor, and settings that are set', () => {
    const text = formatInspection(inspect(scratch.file('net.pt', checkpoint), unknown));
    expect(text.split('\n').slice(1)).toEqual([
      '  PyTorch: a checkpoint, 1 kB',
      '  no network that this program knows by its parts',
      '  args = {"lr":0.002}',
      '',
      'g_ema: 1 tensor, 2 numbers',
      '  conv.weight  F32   [1, 2]',
      '',
      '1 tensor, 1 numbers',
      '  latent_avg  F32   []',
    ]);
  });

  it('prints nothing that could steer a terminal', () => {
    const evil = torchPickle((tensor) => dict({ '\x1b[2Jx\u202e': tensor({ storage: floats(1), shape: [1] }) }));
    const text = formatInspection(inspect(scratch.file('evil.pkl', evil), unknown));
    expect(text).not.toMatch(/[^\n\x20-\x7e]/);
    expect(text).toContain('?[2Jx?');
  });

  it.skipIf(!hasReference)('lists a generator that stands twice in a file once', () => {
    const text = formatInspection(inspect(referencePath('stylegan2-32.pkl'), unknown));
    expect(text.match(/synthesis\.b4\.const /g)).toHaveLength(1);
    expect(text).toMatch(/G_ema \(Generator\): 87 tensors, 291,891 numbers\n {2}as G$/);
  });
});

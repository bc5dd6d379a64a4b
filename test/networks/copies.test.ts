import { describe, expect, it } from 'vitest';
import { randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { isAveraged } from '../../server/networks/import/averaged.ts';
import { findGenerator } from '../../server/networks/import/find-generator.ts';
import { missingParts } from '../../server/networks/import/generator-import.ts';
import { openWeights } from '../../server/weights/open-weights.ts';
import type { TensorFile } from '../../server/weights/tensor-file.ts';
import { dict, type Item } from '../weights/pickle-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { torchZip, type View } from '../weights/torch-writer.ts';

const scratch = scratchFolder();
const sizes = { resolution: 8, channelBase: 32, channelMax: 4, wDim: 4 };
const raw = randomStyleGan2({ ...sizes, seed: 1 });
const averaged = randomStyleGan2({ ...sizes, seed: 2 });

type ToTensor = (view: View) => Item;
type Rename = (name: string) => string | undefined;

/** The tensors under other names; undefined leaves one out. */
const named = (file: TensorFile, tensor: ToTensor, rename: Rename): Record<string, Item> =>
  Object.fromEntries(
    [...file.tensors].flatMap(([name, { shape }]) => {
      const other = rename(name);
      return other === undefined
        ? []
        : [[other, tensor({ storage: { type: 'FloatStorage', data: file.read(name) }, shape })] as const];
    }),
  );
const under =
  (prefix: string): Rename =>
  (name) =>
    prefix + name;
const isParameter = (name: string): boolean => !/w_avg|noise_const|resample_filter/.test(name);

/** What is taken of a file that is written with `make`. */
function taken(make: (tensor: ToTensor) => Item) {
  const opened = openWeights(scratch.file('file.pt', torchZip(make)));
  try {
    const found = findGenerator(opened);
    if (!found) return undefined;
    const is = (file: TensorFile, name: string) =>
      found.tensors.tensors.has(name) && `${found.tensors.read(name)}` === `${file.read(name)}`;
    const constant = 'synthesis.b4.const';
    return {
      copy: is(averaged, constant) ? 'averaged' : is(raw, constant) ? 'raw' : 'another',
      noise: is(averaged, 'synthesis.b4.conv1.noise_const') ? 'averaged' : 'raw',
      missing: missingParts(found),
      notes: found.notes.filter((note) => !note.includes('conv_clamp')),
    };
  } finally {
    opened.close();
  }
}

const linear = (tensor: ToTensor): Item =>
  tensor({ storage: { type: 'FloatStorage', data: new Float32Array(4) }, shape: [2, 2] });

describe('the averaged one of several copies of a generator', () => {
  it.each<[string, string, (tensor: ToTensor) => Item]>([
    [
      'dicts of two names',
      'g_ema',
      (t) =>
        dict({
          g: dict(named(raw, t, under(''))),
          g_ema: dict(named(averaged, t, under(''))),
          d: dict({ 'b4.out.weight': linear(t) }),
        }),
    ],
    [
      'the averaged one first',
      'G_ema',
      (t) => dict({ G_ema: dict(named(averaged, t, under(''))), G: dict(named(raw, t, under(''))) }),
    ],
    [
      "DataParallel's prefix",
      'g_ema',
      (t) => dict({ g: dict(named(raw, t, under('module.'))), g_ema: dict(named(averaged, t, under('module.'))) }),
    ],
    [
      'torch.compile around it',
      'netG_ema',
      (t) =>
        dict({
          netG: dict(named(raw, t, under('_orig_mod.'))),
          netG_ema: dict(named(averaged, t, under('_orig_mod.'))),
        }),
    ],
    [
      'wrappers inside it',
      'ema',
      (t) =>
        dict({
          net: dict(named(raw, t, (n) => n.replace('synthesis.', 'synthesis.module._orig_mod.'))),
          ema: dict(named(averaged, t, (n) => n.replace('synthesis.', 'synthesis._orig_mod.'))),
        }),
    ],
    [
      'BasicSR',
      'params_ema',
      (t) => dict({ params: dict(named(raw, t, under(''))), params_ema: dict(named(averaged, t, under(''))) }),
    ],
    [
      'Lightning, both in one dict',
      'state_dict.generator_ema',
      (t) =>
        dict({
          epoch: 3,
          state_dict: dict({ ...named(raw, t, under('generator.')), ...named(averaged, t, under('generator_ema.')) }),
        }),
    ],
    [
      "Lightning's LitEma, whose names have no dots",
      'state_dict.model_ema',
      (t) =>
        dict({
          state_dict: dict({
            ...named(raw, t, under('model.')),
            ...named(averaged, t, (n) => (isParameter(n) ? `model_ema.${n.replaceAll('.', '')}` : undefined)),
          }),
        }),
    ],
    [
      "torch's AveragedModel",
      'swa_model',
      (t) =>
        dict({
          model: dict(named(raw, t, under(''))),
          swa_model: dict({ n_averaged: linear(t), ...named(averaged, t, under('module.')) }),
        }),
    ],
    [
      'timm',
      'state_dict_ema',
      (t) => dict({ state_dict: dict(named(raw, t, under(''))), state_dict_ema: dict(named(averaged, t, under(''))) }),
    ],
    [
      'ema-pytorch',
      'ema.ema_model',
      (t) =>
        dict({ ema: dict({ ...named(raw, t, under('online_model.')), ...named(averaged, t, under('ema_model.')) }) }),
    ],
    [
      'parameters alone, without what is not trained',
      'ema',
      (t) =>
        dict({
          model: dict(named(raw, t, under(''))),
          ema: dict(named(averaged, t, (n) => (isParameter(n) ? n : undefined))),
        }),
    ],
    [
      'capitals in one word',
      'netGEma',
      (t) => dict({ netG: dict(named(raw, t, under(''))), netGEma: dict(named(averaged, t, under(''))) }),
    ],
    [
      'a rate in the name',
      'ema_0.999',
      (t) => dict({ model: dict(named(raw, t, under(''))), 'ema_0.999': dict(named(averaged, t, under(''))) }),
    ],
    [
      'flat names of safetensors',
      'generator_avg',
      (t) => dict({ ...named(raw, t, under('generator.')), ...named(averaged, t, under('generator_avg.')) }),
    ],
    [
      'deep in dicts',
      'training.state.g_running',
      (t) =>
        dict({
          training: dict({
            state: dict({ generator: dict(named(raw, t, under(''))), g_running: dict(named(averaged, t, under(''))) }),
          }),
        }),
    ],
  ])('%s', (_what, name, make) => {
    const found = taken(make);
    expect(found).toMatchObject({ copy: 'averaged', missing: [] });
    expect(found?.notes).toEqual([expect.stringContaining(`the averaged one, ${name}, is taken.`)]);
  });

  it('brings the buffers of the raw copy where it has none', () => {
    const make = (t: ToTensor) =>
      dict({
        model: dict(named(raw, t, under(''))),
        ema: dict(named(averaged, t, (n) => (isParameter(n) ? n : undefined))),
      });
    expect(taken(make)).toMatchObject({ copy: 'averaged', noise: 'raw' });
  });

  it('is not taken where it is half', () => {
    const make = (t: ToTensor) =>
      dict({
        g: dict(named(raw, t, under(''))),
        g_ema: dict({
          ...named(averaged, t, (n) => (n.startsWith('synthesis.b4.') ? n : undefined)),
          'more.weight': linear(t),
        }),
      });
    expect(taken(make)).toMatchObject({ copy: 'raw', missing: [] });
  });

  it('is said to be missing where no copy is called so', () => {
    const make = (t: ToTensor) =>
      dict({ first: dict(named(raw, t, under(''))), second: dict(named(averaged, t, under(''))) });
    expect(taken(make)).toMatchObject({
      copy: 'raw',
      notes: ['The file has 2 copies of a generator (first, second): none is called averaged, and first, is taken.'],
    });
  });

  it('is what Lightning averages, whose raw copy stands beside the state dict', () => {
    const make = (t: ToTensor) =>
      dict({
        current_model_state: dict(named(raw, t, under('net.'))),
        state_dict: dict(named(averaged, t, under('net.'))),
      });
    expect(taken(make)).toMatchObject({ copy: 'averaged', missing: [] });
  });

  it('is said to be unreadable where it is a list without names', () => {
    const make = (t: ToTensor) =>
      dict({
        model: dict(named(raw, t, under(''))),
        ema: dict({ decay: 0.999, shadow_params: [linear(t), linear(t)] }),
      });
    expect(taken(make)).toMatchObject({ copy: 'raw', notes: [expect.stringContaining('shadow_params')] });
  });

  it('says nothing of a single one', () => {
    for (const prefix of ['', 'module.', 'generator.', 'G_ema.', '_orig_mod.module.', 'state_dict.net.g.']) {
      expect(taken((t) => dict(named(raw, t, under(prefix))))).toMatchObject({ copy: 'raw', missing: [], notes: [] });
    }
  });

  it('of many copies costs little', () => {
    const make = (t: ToTensor) =>
      dict(
        Object.fromEntries(
          Array.from({ length: 3000 }, (_, i) => [`n${i}`, dict({ 'synthesis.b4.const': linear(t) })]),
        ),
      );
    expect(taken(make)?.missing).toHaveLength(1);
  });
});

it.each([
  ...(
    [
      'G_ema',
      'g_ema',
      'netGEma',
      'GEMA',
      'emaG',
      'params_ema',
      'ema_0.9999.generator',
      'Gs',
      'swa',
      'generator-avg',
    ] as const
  ).map((name) => [name, true] as const),
  ...(['G', 'g', '', 'generator', 'schema', 'thematic.net', 'model', 'params', 'remainder', 'D'] as const).map(
    (name) => [name, false] as const,
  ),
])('"%s" is called averaged: %s', (name, is) => {
  expect(isAveraged(name)).toBe(is);
});

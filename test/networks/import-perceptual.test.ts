import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importPerceptual } from '../../server/networks/import/import-perceptual.ts';
import { openLpips } from '../../server/networks/open-lpips.ts';
import { openSafetensors } from '../../server/weights/safetensors.ts';
import type { TensorFile } from '../../server/weights/tensor-file.ts';
import { hasReference, sharedPath } from '../reference.ts';
import { dict, emitted, global, type Item, pickle, tuple } from '../weights/pickle-writer.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { type TorchData, torchLegacy, torchZip } from '../weights/torch-writer.ts';

const scratch = scratchFolder();
const silent = () => ({ update() {}, done() {} });
const importFiles = (files: readonly string[], name: string) =>
  importPerceptual(files, join(scratch.folder, 'out', `${name}.safetensors`), { replace: false, progress: silent });

type Tensors = readonly (readonly [name: string, shape: readonly number[]])[];

/** A state dict whose tensor number i holds i + 1 everywhere. */
const stateDict =
  (tensors: Tensors): TorchData =>
  (tensor) =>
    dict(
      Object.fromEntries(
        tensors.map(([name, shape], i): [string, Item] => [
          name,
          tensor({
            // One number seen everywhere: large layers cost no disk.
            storage: { type: 'FloatStorage', data: Float32Array.of(i + 1) },
            shape,
            strides: shape.map(() => 0),
          }),
        ]),
      ),
    );

/** VGG's convolutions under names made of their index, with their places in torchvision's `features`. */
function vgg(places: readonly (readonly number[])[]): Tensors {
  let inputs = 3;
  return places.flatMap((block, b) =>
    block.flatMap((place): Tensors => {
      const outputs = Math.min(512, 64 * 2 ** b);
      const shape = [outputs, inputs, 3, 3];
      inputs = outputs;
      return [
        [`features.${place}.weight`, shape],
        [`features.${place}.bias`, [outputs]],
      ];
    }),
  );
}
const vgg16 = vgg([
  [0, 2],
  [5, 7],
  [10, 12, 14],
  [17, 19, 21],
  [24, 26, 28],
]);
const vgg19 = vgg([
  [0, 2],
  [5, 7],
  [10, 12, 14, 16],
  [19, 21, 23, 25],
  [28, 30, 32, 34],
]);
const classifier: Tensors = [['classifier.0.weight', [8, 8]]];
const lin = (channels: readonly number[]): Tensors => channels.map((c, k) => [`lin${k}.model.1.weight`, [1, c, 1, 1]]);
const vggLin = lin([64, 128, 256, 512, 512]);

/** As `torch_utils`' vgg16.pt is laid out: a module of layers, and taps [channels, 1, 1] beside it. */
function nvidiaScript(module: (name: string, state: Record<string, Item>) => Item): Buffer {
  const script: TorchData = (tensor) => {
    const all = [
      ...vgg16,
      ...[64, 128, 256, 512, 512].map((channels, k) => [`lpips${k}`, [channels, 1, 1]] as const),
      ['fc1.weight', [8, 8]] as const,
    ];
    const tensors = [...(stateDict(all)(tensor) as Map<string, Item>).values()];
    const layer = (i: number): Item => module('Layer', { weight: tensors[2 * i], bias: tensors[2 * i + 1] });
    const convs = Array.from({ length: 13 }, (_, i): [string, Item] => [`conv${i + 1}`, layer(i)]);
    const layers = module('Layers', { training: false, ...Object.fromEntries(convs), fc1: tensors[31] });
    const taps = Array.from({ length: 5 }, (_, k): [string, Item] => [`lpips${k}`, tensors[26 + k]]);
    return module('VGG16', { training: false, ...Object.fromEntries(taps), layers });
  };
  return torchZip(script, {}, { 'net/constants.pkl': pickle(tuple(), 2) });
}

const bytesOf = (file: TensorFile, name: string): Buffer => Buffer.from(file.read(name).buffer);

const first = (name: string, tensor: string): number => {
  const file = openSafetensors(join(scratch.folder, 'out', `${name}.safetensors`));
  try {
    return file.read(tensor)[0];
  } finally {
    file.close();
  }
};

describe('perceptual networks in their public layouts', () => {
  it('vgg16.pth of torchvision with vgg.pth of LPIPS, in either order', async () => {
    const trunk = scratch.file('vgg16.pth', torchZip(stateDict([...vgg16, ...classifier])));
    const taps = scratch.file('vgg.pth', torchLegacy(stateDict(vggLin)));
    expect(await importFiles([taps, trunk], 'a')).toBe('LPIPS vgg');
    expect(await importFiles([trunk, taps], 'b')).toBe('LPIPS vgg');
    for (const name of ['a', 'b']) {
      expect(first(name, 'net.features.28.bias')).toBe(26);
      expect(first(name, 'lin4.model.1.weight')).toBe(5);
    }
    await expect(importFiles([taps, trunk], 'a')).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(openLpips(join(scratch.folder, 'out', 'a.safetensors')).lin.map(({ length }) => length)).toEqual([
      64, 128, 256, 512, 512,
    ]);
  });

  it('vgg19.pth, whose taps all count alike', async () => {
    const trunk = scratch.file('vgg19.pth', torchZip(stateDict(vgg19)));
    expect(await importFiles([trunk], 'vgg19')).toBe('LPIPS vgg19');
    expect(first('vgg19', 'lin1.model.1.weight')).toBeCloseTo(1 / 128, 6);
  });

  it("the LPIPS package's own state dict, with slices", async () => {
    const slices = vgg16.map(([name, shape]) => [name.replace('features', 'net.slice1'), shape] as const);
    const file = scratch.file('whole.pth', torchZip(stateDict([...slices, ...vggLin])));
    expect(await importFiles([file], 'whole')).toBe('LPIPS vgg');
  });

  it("NVIDIA's TorchScript vgg16.pt, which holds trunk and taps and more", async () => {
    const module = (name: string, state: Record<string, Item>): Item =>
      emitted((w) => w.item(global('__torch__', name)).item(tuple()).raw(0x81).item(dict(state)).raw(0x62));
    const file = scratch.file('vgg16.pt', nvidiaScript(module));
    expect(await importFiles([file], 'script')).toBe('LPIPS vgg');
    expect(first('script', 'net.features.0.weight')).toBe(1);
    expect(first('script', 'net.features.28.bias')).toBe(26);
    expect(first('script', 'lin0.model.1.weight')).toBe(27);
    expect(first('script', 'lin4.model.1.weight')).toBe(31);
    const imported = openSafetensors(join(scratch.folder, 'out', 'script.safetensors'));
    expect([...imported.tensors.keys()].some((name) => name.includes('fc'))).toBe(false);
    imported.close();
  });

  it.each([
    ['taps alone', vggLin, 'PERCEPTUAL_TRUNK_MISSING'],
    ['a trunk alone', vgg16, 'PERCEPTUAL_LIN_MISSING'],
    ['anything else', classifier, 'PERCEPTUAL_TRUNK_MISSING'],
    ['a trunk with the taps of another', [...vgg16, ...lin([64, 192, 384, 256, 256])], 'WEIGHTS_WRONG_SHAPE'],
  ] as const)('refuses %s', async (name, tensors, code) => {
    const file = scratch.file('refused.pth', torchZip(stateDict(tensors)));
    await expect(importFiles([file], name)).rejects.toMatchObject({ code });
    expect(existsSync(join(scratch.folder, 'out', `${name}.safetensors`))).toBe(false);
  });

  it.skipIf(!hasReference).each(['alex', 'squeeze'])(
    '%s: trunk and taps apart are the same as together',
    async (kind) => {
      const whole = openSafetensors(sharedPath(`weights/lpips-${kind}.safetensors`));
      const part = (prefix: RegExp, rename: (name: string) => string): Buffer =>
        torchZip((tensor) =>
          dict(
            Object.fromEntries(
              [...whole.tensors]
                .filter(([name]) => prefix.test(name))
                .map(([name, { shape }]): [string, Item] => [
                  rename(name),
                  tensor({ storage: { type: 'FloatStorage', data: whole.read(name) }, shape }),
                ]),
            ),
          ),
        );
      const trunk = scratch.file(
        `${kind}net.pth`,
        part(/^net\./, (name) => name.replace('net.', '')),
      );
      const taps = scratch.file(
        `${kind}.pth`,
        part(/^lin/, (name) => name),
      );
      expect(await importFiles([taps, trunk], kind)).toBe(`LPIPS ${kind}`);
      const imported = openSafetensors(join(scratch.folder, 'out', `${kind}.safetensors`));
      for (const name of whole.tensors.keys())
        expect(Buffer.compare(bytesOf(imported, name), bytesOf(whole, name)), name).toBe(0);
      imported.close();
      whole.close();
    },
  );
});

import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openWeights } from '../../server/weights/open-weights.ts';
import { openSafetensors, writeSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath } from '../reference.ts';
import { pickle } from './pickle-writer.ts';
import { refusal, scratchFolder } from './scratch.ts';

const scratch = scratchFolder();

describe('files that hold no network', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /empty/],
    ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', /web page/],
    ['a web page with a byte order mark', '\ufeff\n<html lang="en">', /web page/],
    ['an error of a storage service', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /web server/],
    ['an error of an interface', '{"error": "quota exceeded"}', /JSON/],
    ['a pointer of Git', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n', /git lfs pull/],
    ['a PNG', Buffer.from('89504e470d0a1a0a', 'hex'), /picture/],
    ['a JPEG', Buffer.from('ffd8ffe000104a464946', 'hex'), /picture/],
    ['an MP4', Buffer.from('0000002066747970', 'hex'), /film/],
    ['a gzip', gzipSync('x'), /Unpack/],
    ['a Keras file', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /HDF5/],
    ['a tar archive', Buffer.concat([Buffer.alloc(257, 'x'), Buffer.from('ustar'), Buffer.alloc(300)]), /tar archive/],
    ['a note', 'These are my weights, with love', /no file of a network/],
    ['zeros', Buffer.alloc(5000), /no file of a network/],
    ['one byte', 'x', /no file of a network/],
  ])('says what %s is', (_what, data, message) => {
    const error = refusal(() => openWeights(scratch.file('network.pkl', data)));
    expect(error.code).toBe('WEIGHTS_NOT_RECOGNISED');
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(scratch.folder)).toBe(true);
  });

  it('says so where there is no file, or a folder', () => {
    expect(refusal(() => openWeights(`${scratch.folder}/none`)).code).toBe('FILE_NOT_FOUND');
    expect(refusal(() => openWeights(scratch.folder)).code).toBe('FILE_IS_FOLDER');
    expect(refusal(() => openWeights('/dev/null')).code).toBe('FILE_FAILED');
  });

  it('goes by the content, not by the name', async () => {
    const path = `${scratch.folder}/picture.png`;
    await writeSafetensors(path, { a: { shape: [1], data: Float32Array.of(1) } }, { from: 'here' });
    const opened = openWeights(path);
    expect([opened.container, opened.kind]).toEqual(['safetensors', 'state-dict']);
    expect(opened.tensors.metadata).toEqual({ from: 'here' });
    opened.close();
    // A header of 1152 bytes begins with 0x80 0x04, as a pickle does.
    const name = 'x'.repeat(1152 - '{"":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'.length);
    await writeSafetensors(path, { [name]: { shape: [1], data: Float32Array.of(1) } });
    const alike = openWeights(path);
    expect([alike.container, alike.kind]).toEqual(['safetensors', 'state-dict']);
    alike.close();
    expect(refusal(() => openWeights(scratch.file('a.safetensors', pickle([1])))).code).toBe('WEIGHTS_EMPTY');
  });
});

describe.skipIf(!hasReference)('the public formats', () => {
  const networks = hasReference ? readdirSync(referencePath('.')).filter((name) => /\.(pkl|pt|pth)$/.test(name)) : [];

  it.each(networks)('%s: every tensor can be read and is finite', (name) => {
    const opened = openWeights(referencePath(name));
    expect(opened.tensors.tensors.size).toBeGreaterThan(30);
    for (const [tensor, { shape }] of opened.tensors.tensors) {
      const values = opened.tensors.read(tensor);
      expect(values.length, tensor).toBe(shape.reduce((product, size) => product * size, 1));
      expect(values.every(Number.isFinite), tensor).toBe(true);
    }
    opened.close();
  });

  it.each(networks.filter((name) => name.startsWith('stylegan2-') && !name.includes('tf')))(
    '%s: G_ema is the state dict that PyTorch gives',
    (name) => {
      const opened = openWeights(referencePath(name));
      if (opened.kind !== 'modules') throw new Error(opened.kind);
      const { root, tensors } = opened.modules.get('G_ema')!;
      const expected = openSafetensors(referencePath(name.replace('.pkl', '.weights.safetensors')));
      expect([...tensors.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
      for (const [tensor, { shape }] of expected.tensors) {
        expect(tensors.tensors.get(tensor)!.shape).toEqual(shape);
        expect(Buffer.compare(bytes(tensors.read(tensor)), bytes(expected.read(tensor))), tensor).toBe(0);
      }
      expect(String(root.kwargs.img_resolution)).toBe(expected.metadata.resolution);
      expect(String(root.kwargs.z_dim)).toBe(expected.metadata.z_dim);
      opened.close();
      expected.close();
    },
  );

  it('both of PyTorch’s formats hold the same rosinality checkpoint', () => {
    const [zip, legacy] = ['rosinality-32.pt', 'rosinality-32-legacy.pt'].map((name) =>
      openWeights(referencePath(name)),
    );
    expect([zip!.container, legacy!.container]).toEqual(['torch-zip', 'torch-legacy']);
    expect([...zip!.tensors.tensors.keys()]).toEqual([...legacy!.tensors.tensors.keys()]);
    for (const name of zip!.tensors.tensors.keys()) {
      expect(Buffer.compare(bytes(zip!.tensors.read(name)), bytes(legacy!.tensors.read(name))), name).toBe(0);
    }
    if (zip!.kind !== 'checkpoint') throw new Error(zip!.kind);
    expect([...zip!.groups.keys()]).toEqual(['g_ema']);
    expect([...zip!.loose.tensors.keys()]).toEqual(['latent_avg']);
    zip!.close();
    legacy!.close();
  });

  it('TensorFlow networks tell their functions, settings and variables', () => {
    for (const [name, version, style] of [
      ['stylegan2-tf-32.pkl', 4, 'G_main'],
      ['stylegan1-tf-128.pkl', 3, 'G_style'],
    ] as const) {
      const opened = openWeights(referencePath(name));
      if (opened.kind !== 'tensorflow-networks') throw new Error(opened.kind);
      expect(opened.networks.map(({ root }) => root.name)).toEqual(['G', 'D', 'Gs']);
      const { root, tensors } = opened.networks[2]!;
      expect(root.version).toBe(version);
      expect(root.buildFunction).toContain(style);
      expect(tensors.tensors.get('synthesis/4x4/Const/const')!.shape).toHaveLength(4);
      expect(tensors.tensors.get('dlatent_avg')!.shape).toEqual([root.kwargs.dlatent_size]);
      opened.close();
    }
  });

  it('StyleGAN3 modules tell how each layer samples', () => {
    const opened = openWeights(referencePath('stylegan3-r-32.pkl'));
    if (opened.kind !== 'modules') throw new Error(opened.kind);
    const synthesis = opened.modules.get('G_ema')!.root.children.get('synthesis')!;
    const layers = synthesis.attributes.layer_names as string[];
    expect([...synthesis.children.keys()]).toEqual(['input', ...layers]);
    expect(synthesis.children.get(layers[0]!)!.attributes).toMatchObject({
      conv_kernel: 1,
      in_size: [36, 36],
      up_factor: 2,
    });
    opened.close();
  });
});

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

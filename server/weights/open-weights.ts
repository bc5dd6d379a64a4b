import { FamiliarError } from '../errors.ts';
import { Budget } from './budget.ts';
import { ByteCursor } from './byte-cursor.ts';
import { type ByteSource, openFile } from './byte-source.ts';
import { collectTensors } from './collect-tensors.ts';
import { unsupported } from './errors.ts';
import { fileKind } from './file-kind.ts';
import { readNpy } from './npy.ts';
import { numpyConstructors } from './numpy-pickle.ts';
import { readOnnx } from './onnx.ts';
import type { Container, OpenedWeights } from './opened-weights.ts';
import { persistentConstructors } from './persistent-modules.ts';
import { unpickle } from './pickle.ts';
import type { Constructors } from './pickle-values.ts';
import { pythonConstructors } from './python-constructors.ts';
import { readSafetensors } from './safetensors.ts';
import { type SortedWeights, sortValue } from './sort-value.ts';
import { TensorSet } from './tensor-set.ts';
import { tensorflowConstructors } from './tensorflow-networks.ts';
import { nestedStorages, readTorchLegacy } from './torch-legacy.ts';
import { torchConstructors } from './torch-tensors.ts';
import { isTorchScript, readTorchZip, torchFolder } from './torch-zip.ts';
import { openZip, type ZipArchive } from './zip.ts';

/** Everything that a file of weights may name. */
const knownConstructors: Constructors = new Map([
  ...pythonConstructors,
  ...numpyConstructors,
  ...torchConstructors,
  ...nestedStorages,
  ...persistentConstructors,
  ...tensorflowConstructors,
]);

/**
 * Opens a file of weights, whatever its format and name: safetensors, PyTorch's formats, NVIDIA's pickles of PyTorch
 * and TensorFlow, NumPy's arrays, and ONNX. Reads its structure; tensors are read when they are asked for. The caller
 * closes it. Throws FamiliarError where the file is none, is damaged, or holds no tensors.
 */
export function openWeights(path: string): OpenedWeights {
  const source = openFile(path);
  try {
    const [container, sorted] = readSource(source);
    if (sorted.tensors.tensors.size === 0) {
      throw new FamiliarError(
        'WEIGHTS_EMPTY',
        `${path}: there are no weights in this file. Use the file of the network.`,
      );
    }
    return { ...sorted, path, container, close: () => source.close() };
  } catch (error) {
    source.close();
    throw error;
  }
}

function readSource(source: ByteSource): [Container, SortedWeights] {
  switch (fileKind(source)) {
    case 'safetensors':
      return ['safetensors', { kind: 'state-dict', tensors: readSafetensors(source) }];
    case 'torch-legacy':
      return [
        'torch-legacy',
        sort(
          source,
          readTorchLegacy(() => source, knownConstructors),
        ),
      ];
    case 'pickle':
      return ['pickle', sort(source, unpickle(new ByteCursor(source), { constructors: knownConstructors }))];
    case 'zip':
      return readArchive(source, openZip(source));
    case 'npy':
      return ['npy', sortNpy(source)];
    case 'onnx': {
      const tensors = new TensorSet(source.name);
      readOnnx(source, tensors);
      return ['onnx', { kind: 'state-dict', tensors: tensors.asFile() }];
    }
  }
}

const sort = (source: ByteSource, value: Parameters<typeof sortValue>[0]): SortedWeights =>
  sortValue(value, source.name, new Budget(source.name));

function sortNpy(source: ByteSource): SortedWeights {
  const npy = readNpy(() => source);
  if ('pickle' in npy) return sort(source, unpickle(new ByteCursor(npy.pickle), { constructors: knownConstructors }));
  return sort(source, npy.tensor);
}

/** A program's tensors by the names of its attributes, and its constants as `constants.0` and so on. */
function sortScript(source: ByteSource, archive: ZipArchive, folder: string): SortedWeights {
  const { name } = source;
  const tensors = new TensorSet(name);
  const budget = new Budget(name);
  collectTensors(readTorchZip(name, archive, folder, knownConstructors), name, tensors, budget);
  const constants = readTorchZip(name, archive, folder, knownConstructors, 'constants');
  collectTensors(constants, name, tensors, budget, 'constants');
  return { kind: 'state-dict', tensors: tensors.asFile() };
}

function readArchive(source: ByteSource, archive: ZipArchive): [Container, SortedWeights] {
  const folder = torchFolder(archive);
  if (folder !== undefined) {
    if (isTorchScript(archive, folder)) return ['torchscript', sortScript(source, archive, folder)];
    return ['torch-zip', sort(source, readTorchZip(source.name, archive, folder, knownConstructors))];
  }
  return ['npz', readNpz(source, archive)];
}

/**
 * The arrays of numbers in an archive of NumPy's. What else it holds (texts, records, objects, notes, arrays larger than
 * any latent) does not concern us. Throws where it holds no array that can be read.
 */
function readNpz(source: ByteSource, archive: ZipArchive): SortedWeights {
  const arrays = archive.names.filter((name) => name.endsWith('.npy') && !name.startsWith('__MACOSX/'));
  if (arrays.length === 0) {
    throw unsupported(source.name, 'this archive holds no network by itself. Unpack it and use the file inside');
  }
  const tensors = new TensorSet(source.name);
  let refusal: FamiliarError | undefined;
  for (const name of arrays) {
    try {
      const npy = readNpy(() => archive.open(name));
      if ('tensor' in npy) tensors.add(name.slice(0, -'.npy'.length), npy.tensor);
    } catch (error) {
      if (!(error instanceof FamiliarError) || error.code === 'WEIGHTS_DAMAGED') throw error;
      refusal ??= error;
    }
  }
  if (tensors.size === 0 && refusal) throw refusal;
  return { kind: 'state-dict', tensors: tensors.asFile() };
}

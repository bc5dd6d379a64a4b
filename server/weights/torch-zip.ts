import { ByteCursor } from './byte-cursor.ts';
import { elementBytes } from './elements.ts';
import { damaged, unsupported } from './errors.ts';
import { unpickle } from './pickle.ts';
import type { Constructor, Constructors, PickleValue, Site } from './pickle-values.ts';
import { objectOf } from './python-constructors.ts';
import { parseStorageId, TorchStorage } from './torch-storage.ts';
import type { ZipArchive } from './zip.ts';

// PyTorch's format since 1.6, and TorchScript's: a zip archive of `NAME/data.pkl` and the storages `NAME/data/KEY`.

/** The folder of the archive, with its slash, where the archive is PyTorch's. */
export function torchFolder(archive: ZipArchive): string | undefined {
  const pickles = archive.names.filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  return pickles.length === 1 ? pickles[0]!.slice(0, -'data.pkl'.length) : undefined;
}

/** Whether the archive is a TorchScript program with its weights. Of the program only the names of classes are read. */
export const isTorchScript = (archive: ZipArchive, folder: string): boolean =>
  archive.size(`${folder}constants.pkl`) !== undefined;

/**
 * Reads the data of an archive; its tensors stay there. `part` is `data`, or `constants` for those tensors of a
 * TorchScript program that are no attributes of it.
 */
export function readTorchZip(
  file: string,
  archive: ZipArchive,
  folder: string,
  constructors: Constructors,
  part: 'data' | 'constants' = 'data',
): PickleValue {
  const order = archive.size(`${folder}byteorder`) === undefined ? 'little' : readText(archive, `${folder}byteorder`);
  if (order !== 'little') {
    throw unsupported(file, 'it was written on a big-endian machine, which this program does not read');
  }
  const cursor = new ByteCursor(archive.open(`${folder}${part}.pkl`));
  const scripted = isTorchScript(archive, folder);
  return unpickle(cursor, {
    constructors: scripted ? withScriptClasses(constructors) : constructors,
    persistent: (id, site) => findStorage(id, site, archive, `${folder}${part}/`),
  });
}

function findStorage(id: PickleValue, site: Site, archive: ZipArchive, folder: string): TorchStorage {
  const { dtype, key, count } = parseStorageId(id, site);
  const name = folder + key;
  const size = archive.size(name);
  if (size === undefined) throw damaged(site.file, `the part "${name}" is missing`);
  if (size !== count * elementBytes[dtype]) {
    throw damaged(site.file, `"${name}" has ${size} bytes, but ${count} values of type ${dtype}`);
  }
  return new TorchStorage(site.file, dtype, count, () => archive.open(name));
}

/** TorchScript's own classes are those of the program: objects with attributes, whatever their names. */
function withScriptClasses(constructors: Constructors): Constructors {
  return {
    get: (path) =>
      constructors.get(path) ??
      scriptConstructors.get(path) ??
      (path.startsWith('__torch__.') ? objectOf(path) : undefined),
  };
}

const makeItems: Constructor = ([items = []]) => items;

const scriptConstructors: ReadonlyMap<string, Constructor> = new Map(
  ['build_intlist', 'build_doublelist', 'build_boollist', 'build_tensorlist', 'restore_type_tag'].map(
    (name): [string, Constructor] => [`torch.jit._pickle.${name}`, makeItems],
  ),
);

/** A small part of an archive. */
function readText(archive: ZipArchive, name: string): string {
  const part = archive.open(name);
  return Buffer.from(part.read(0, Math.min(part.size, 64))).toString('latin1');
}

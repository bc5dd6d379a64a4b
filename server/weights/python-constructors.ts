import { memorySource } from './byte-source.ts';
import {
  Bytes,
  type Constructor,
  Global,
  isList,
  isMap,
  LongText,
  PickleObject,
  type PickleValue,
  type Site,
} from './pickle-values.ts';

/** For names that may stand in a file but are never called there: types given as arguments. */
export const mention: Constructor = (_args, site) => {
  throw site.unsupported('a call of a name that is no constructor');
};

/** An inert object that keeps its class's name, its arguments and its attributes. */
export const objectOf =
  (path: string): Constructor =>
  (args) =>
    new PickleObject(path, args);

const makeDict: Constructor = (args, site) => {
  const [from] = args;
  if (from === undefined) return new Map();
  if (isMap(from)) {
    site.spend(from.size);
    return new Map(from);
  }
  if (!isList(from)) throw site.damaged('a dict is made from what is no list of pairs');
  site.spend(from.length);
  return new Map(
    from.map((pair) => {
      if (!isList(pair) || pair.length !== 2) throw site.damaged('a dict is made from what is no list of pairs');
      return [pair[0]!, pair[1]!];
    }),
  );
};

const makeSet: Constructor = ([from = []], site) => {
  if (!isList(from)) throw site.damaged('a set is made from what is no list');
  site.spend(from.length);
  return new Set(from);
};

const makeList: Constructor = ([from = []], site) => {
  if (!isList(from)) throw site.damaged('a list is made from what is no list');
  site.spend(from.length);
  return [...from];
};

const makeTuple: Constructor = ([from = []], site) => {
  if (!isList(from)) throw site.damaged('a tuple is made from what is no list');
  site.spend(from.length);
  return Object.freeze([...from]);
};

/** `bytes()`, `bytes(b)`, `bytearray(b)`, `bytearray(text, 'latin-1')` and `_codecs.encode(text, 'latin1')`. */
export const makeBytes = ([from, encoding]: readonly PickleValue[], site: Site): Bytes => {
  if (from === undefined) return new Bytes(memorySource(site.file, new Uint8Array(0)), 0, 0);
  if (from instanceof Bytes) return from;
  if (encoding !== undefined && encoding !== 'latin1' && encoding !== 'latin-1') {
    throw site.unsupported('bytes in an unusual encoding');
  }
  if (from instanceof LongText) return from.asLatin1();
  if (typeof from === 'string') site.spend(from.length);
  const data = typeof from === 'string' ? Buffer.from(from, 'latin1') : undefined;
  if (data?.toString('latin1') !== from) throw site.damaged('bytes stored as text are no bytes');
  return new Bytes(memorySource(site.file, data!), 0, data!.byteLength);
};

/** How protocols 0 and 1 make objects: `(class, base, state of the base)`. */
const reconstruct: Constructor = ([target, , state], site) => {
  if (!(target instanceof Global)) throw site.damaged('an object has no class');
  return target.construct(state === null || state === undefined ? [] : [state], site);
};

const builtins: Readonly<Record<string, Constructor>> = {
  dict: makeDict,
  set: makeSet,
  frozenset: makeSet,
  list: makeList,
  tuple: makeTuple,
  bytes: makeBytes,
  bytearray: makeBytes,
  bool: mention,
  complex: objectOf('complex'),
  float: mention,
  int: mention,
  long: mention,
  object: mention,
  slice: objectOf('slice'),
  str: mention,
  unicode: mention,
};

/** Python's own classes that are plain data. */
export const pythonConstructors: ReadonlyMap<string, Constructor> = new Map<string, Constructor>([
  ...Object.entries(builtins).flatMap(([name, make]): [string, Constructor][] => [
    [`builtins.${name}`, make],
    [`__builtin__.${name}`, make],
  ]),
  ['collections.OrderedDict', makeDict],
  // Its argument is what makes missing values, not what it holds.
  ['collections.defaultdict', (): PickleValue => new Map()],
  ['collections.Counter', makeDict],
  ['_codecs.encode', makeBytes],
  ['copyreg._reconstructor', reconstruct],
  ['copy_reg._reconstructor', reconstruct],
  ['argparse.Namespace', objectOf('argparse.Namespace')],
  ['pathlib.Path', objectOf('pathlib.Path')],
  ['pathlib.PosixPath', objectOf('pathlib.Path')],
  ['pathlib.WindowsPath', objectOf('pathlib.Path')],
]);

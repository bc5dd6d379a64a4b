import { unsupported } from './errors.ts';
import type { PickleMachine } from './pickle-machine.ts';
import { highestProtocol, op } from './pickle-opcodes.ts';
import { parseFloatLine, parseIntLine, parseLong, parseStringLine, parseUnicodeLine } from './pickle-text.ts';
import { Inert, type PickleValue } from './pickle-values.ts';

type Instruction = (m: PickleMachine) => void;

/** No integer of a checkpoint is longer; the cost of longer ones grows with the square. */
const maxLongBytes = 1024;

const envelope: Readonly<Record<number, Instruction>> = {
  [op.PROTO]: (m) => {
    const protocol = m.cursor.u8();
    if (protocol > highestProtocol) throw unsupported(m.file, `its pickle is of the unknown protocol ${protocol}`);
  },
  // A frame is only a hint for reading ahead, but one that tells a half download at once.
  [op.FRAME]: (m) => {
    const length = m.cursor.u64();
    const left = m.cursor.source.size - m.cursor.position;
    if (length > left) throw m.damaged(`${length} bytes follow, but the file has ${left} more`);
  },
  [op.NEXT_BUFFER]: (m) => {
    throw m.site().unsupported('a reference to data outside of the file');
  },
  [op.READONLY_BUFFER]: () => {},
};

const scalars: Readonly<Record<number, Instruction>> = {
  [op.NONE]: (m) => m.push(null),
  [op.NEWTRUE]: (m) => m.push(true),
  [op.NEWFALSE]: (m) => m.push(false),
  [op.BININT1]: (m) => m.push(m.cursor.u8()),
  [op.BININT2]: (m) => m.push(m.cursor.u16()),
  [op.BININT]: (m) => m.push(m.cursor.i32()),
  [op.BINFLOAT]: (m) => m.push(m.cursor.f64be()),
  [op.LONG1]: (m) => pushLong(m, m.cursor.u8()),
  [op.LONG4]: (m) => pushLong(m, m.cursor.u32()),
  [op.INT]: (m) => m.push(m.known(parseIntLine(m.line()), 'an integer')),
  [op.LONG]: (m) => m.push(m.known(parseIntLine(m.line()), 'an integer')),
  [op.FLOAT]: (m) => m.push(m.known(parseFloatLine(m.line()), 'a number')),
};

const texts: Readonly<Record<number, Instruction>> = {
  [op.SHORT_BINUNICODE]: (m) => m.pushText(m.cursor.u8(), 'utf-8'),
  [op.BINUNICODE]: (m) => m.pushText(m.cursor.u32(), 'utf-8'),
  [op.BINUNICODE8]: (m) => m.pushText(m.cursor.u64(), 'utf-8'),
  [op.SHORT_BINSTRING]: (m) => m.pushText(m.cursor.u8(), 'latin-1'),
  [op.BINSTRING]: (m) => m.pushText(m.cursor.u32(), 'latin-1'),
  [op.UNICODE]: (m) => m.push(parseUnicodeLine(m.line())),
  [op.STRING]: (m) => m.push(m.known(parseStringLine(m.line()), 'a text')),
  [op.SHORT_BINBYTES]: (m) => m.pushBytes(m.cursor.u8()),
  [op.BINBYTES]: (m) => m.pushBytes(m.cursor.u32()),
  [op.BINBYTES8]: (m) => m.pushBytes(m.cursor.u64()),
  [op.BYTEARRAY8]: (m) => m.pushBytes(m.cursor.u64()),
};

const containers: Readonly<Record<number, Instruction>> = {
  [op.EMPTY_TUPLE]: (m) => m.pushTuple([]),
  [op.TUPLE1]: (m) => m.pushTuple(m.popMany(1)),
  [op.TUPLE2]: (m) => m.pushTuple(m.popMany(2)),
  [op.TUPLE3]: (m) => m.pushTuple(m.popMany(3)),
  [op.TUPLE]: (m) => m.pushTuple(m.popToMark()),
  [op.EMPTY_LIST]: (m) => m.pushContainer([]),
  [op.LIST]: (m) => m.pushContainer(m.popToMark()),
  [op.APPEND]: (m) => append(m, m.popMany(1)),
  [op.APPENDS]: (m) => append(m, m.popToMark()),
  [op.EMPTY_DICT]: (m) => m.pushContainer(new Map()),
  [op.DICT]: (m) => {
    const items = m.popToMark();
    m.pushContainer(new Map());
    setItems(m, items);
  },
  [op.SETITEM]: (m) => setItems(m, m.popMany(2)),
  [op.SETITEMS]: (m) => setItems(m, m.popToMark()),
  [op.EMPTY_SET]: (m) => m.pushContainer(new Set()),
  [op.FROZENSET]: (m) => m.pushContainer(new Set(m.popToMark())),
  [op.ADDITEMS]: (m) => {
    const items = m.popToMark();
    const set = m.top();
    if (!(set instanceof Set)) throw m.damaged('something is added to what is no set');
    for (const item of items) set.add(item);
  },
};

const stack: Readonly<Record<number, Instruction>> = {
  [op.MARK]: (m) => m.mark(),
  [op.POP]: (m) => m.drop(),
  [op.POP_MARK]: (m) => {
    m.popToMark();
  },
  [op.DUP]: (m) => m.push(m.top()),
  [op.PUT]: (m) => m.remember(memoIndex(m)),
  [op.BINPUT]: (m) => m.remember(m.cursor.u8()),
  [op.LONG_BINPUT]: (m) => m.remember(m.cursor.u32()),
  [op.MEMOIZE]: (m) => m.remember(m.memoSize),
  [op.GET]: (m) => m.recall(memoIndex(m)),
  [op.BINGET]: (m) => m.recall(m.cursor.u8()),
  [op.LONG_BINGET]: (m) => m.recall(m.cursor.u32()),
};

const objects: Readonly<Record<number, Instruction>> = {
  [op.GLOBAL]: (m) => m.pushGlobal(m.line(), m.line()),
  [op.STACK_GLOBAL]: (m) => {
    const [module, name] = m.popMany(2) as [PickleValue, PickleValue];
    m.pushGlobal(module, name);
  },
  [op.REDUCE]: (m) => call(m),
  [op.NEWOBJ]: (m) => call(m),
  [op.NEWOBJ_EX]: (m) => {
    const named = m.pop();
    if (!(named instanceof Map) || named.size > 0) throw m.site().unsupported('an object with named arguments');
    call(m);
  },
  [op.OBJ]: (m) => {
    const [target, ...args] = m.popToMark();
    if (target === undefined) throw m.damaged('an object has no class');
    m.construct(target, args);
  },
  [op.INST]: (m) => {
    const target = m.find(m.line(), m.line());
    m.construct(target, m.popToMark());
  },
  [op.BUILD]: (m) => {
    const state = m.pop();
    const target = m.top();
    if (target instanceof Inert) target.build(state, m.site());
    // A dict's own attributes (PyTorch's `_metadata`) tell nothing that is needed.
    else if (!(target instanceof Map)) throw m.damaged('a value is given a state that has none');
  },
  [op.PERSID]: (m) => m.persistent(m.line()),
  [op.BINPERSID]: (m) => m.persistent(m.pop()),
  [op.EXT1]: (m) => extension(m),
  [op.EXT2]: (m) => extension(m),
  [op.EXT4]: (m) => extension(m),
};

/** What each opcode does, but for STOP, which ends the reading. */
export const instructions: Readonly<Record<number, Instruction>> = {
  ...envelope,
  ...scalars,
  ...texts,
  ...containers,
  ...stack,
  ...objects,
};

function pushLong(m: PickleMachine, length: number): void {
  if (length > maxLongBytes) throw m.beyondLimit(`an integer is ${length} bytes long`);
  m.count(length);
  m.push(parseLong(m.cursor.bytes(length)));
}

function append(m: PickleMachine, items: readonly PickleValue[]): void {
  const list = m.top();
  if (!Array.isArray(list) || Object.isFrozen(list)) throw m.damaged('something is appended to what is no list');
  for (const item of items) list.push(item);
}

function setItems(m: PickleMachine, items: readonly PickleValue[]): void {
  const map = m.top();
  if (!(map instanceof Map) || items.length % 2 !== 0) throw m.damaged('something is set in what is no dict');
  for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
}

function call(m: PickleMachine): void {
  const [target, args] = m.popMany(2) as [PickleValue, PickleValue];
  m.construct(target, args);
}

function extension(m: PickleMachine): never {
  throw m.site().unsupported('a class named by a number that only its maker knows');
}

/** The number of a text GET or PUT. */
function memoIndex(m: PickleMachine): number {
  const index = m.known(parseIntLine(m.line()), 'a place in the memo');
  if (typeof index !== 'number' || index < 0) throw m.damaged('a place in the memo cannot be read');
  return index;
}

// Literals of protocol 0, which are lines of text: Python's `repr` of numbers and texts.

/** `F` lines; undefined where it is no number. */
export function parseFloatLine(line: string): number | undefined {
  const text = line.trim();
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const special = /^([+-]?)(inf|nan)$/i.exec(text);
  if (!special) return undefined;
  if (special[2]!.toLowerCase() === 'nan') return Number.NaN;
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** `I` and `L` lines (`L` with or without its last letter); `00` and `01` are Python's False and True. */
export function parseIntLine(line: string): number | bigint | boolean | undefined {
  if (line === '00' || line === '01') return line === '01';
  const match = /^\s*([+-]?\d{1,1000})L?\s*$/.exec(line);
  return match ? exactInteger(BigInt(match[1]!)) : undefined;
}

/** Little-endian two's complement of any length, as LONG1 and LONG4 have it. */
export function parseLong(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let i = bytes.byteLength - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.byteLength > 0 && bytes.at(-1)! & 0x80) value -= 1n << BigInt(8 * bytes.byteLength);
  return exactInteger(value);
}

/** A number where it is exact, a bigint otherwise. */
const exactInteger = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** `S` lines: a quoted Python 2 string; one character a byte. Undefined where it is none. */
export function parseStringLine(line: string): string | undefined {
  const text = line.trimEnd();
  const quote = text[0];
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) return undefined;
  return text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|([0-7]{1,3})|(.))/gis, (all, hex?: string, octal?: string, other?: string) => {
      if (hex) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
      return escapes[other!] ?? all;
    });
}

/** `V` lines: Python's raw-unicode-escape, in which only \uXXXX and \UXXXXXXXX are special. */
export function parseUnicodeLine(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (all, short?: string, long?: string) => {
    const point = Number.parseInt(short ?? long!, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });
}

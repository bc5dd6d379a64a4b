/** Small ICC v2 profiles, so that what a picture should look like can be computed from the standard's formulas. */

type Xyz = readonly [number, number, number];

export interface RgbSpace {
  /** Columns: red, green and blue under D50, as ICC profiles hold them. */
  readonly primaries: readonly [Xyz, Xyz, Xyz];
  readonly gamma: number;
}

/** The published colorants, adapted to D50. */
export const adobeRgb: RgbSpace = {
  primaries: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  gamma: 563 / 256,
};
export const displayP3: RgbSpace = {
  primaries: [
    [0.51512, 0.2412, -0.00105],
    [0.29198, 0.69225, 0.04189],
    [0.1571, 0.06657, 0.78407],
  ],
  gamma: 2.2,
};
export const proPhoto: RgbSpace = {
  primaries: [
    [0.7977, 0.288, 0],
    [0.1352, 0.7119, 0],
    [0.0313, 0.0001, 0.8249],
  ],
  gamma: 1.8,
};
const srgb: readonly Xyz[] = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
];

export function rgbProfile({ primaries, gamma }: RgbSpace): Buffer {
  const [red, green, blue] = primaries.map(xyzTag);
  const curve = curveTag(gamma);
  return profile('RGB ', [
    ['rXYZ', red],
    ['gXYZ', green],
    ['bXYZ', blue],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ]);
}

export const greyProfile = (gamma: number): Buffer => profile('GRAY', [['kTRC', curveTag(gamma)]]);

/** The sRGB bytes that show the colour a space gives to `rgb`, 0..1 each. */
export function asSrgb(rgb: Xyz, { primaries, gamma }: RgbSpace): number[] {
  const linear = rgb.map((value) => value ** gamma);
  const xyz = [0, 1, 2].map((row) => primaries.reduce((sum, column, i) => sum + column[row] * linear[i], 0));
  return solve(srgb, xyz).map(encoded);
}

/** A linear value, 0..1, as an sRGB byte. */
export function encoded(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
}

/** x of M x = y, M given by its columns, by Cramer's rule. */
function solve(columns: readonly Xyz[], y: readonly number[]): number[] {
  const det = ([a, b, c]: readonly (readonly number[])[]) =>
    a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1]);
  return columns.map((_, i) => det(columns.map((column, j) => (i === j ? y : column))) / det(columns));
}

const fixed = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(Math.round(value * 65536));
  return bytes;
};
const xyzTag = (xyz: Xyz): Buffer => Buffer.concat([Buffer.from('XYZ \0\0\0\0'), ...xyz.map(fixed)]);

function curveTag(gamma: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.write('curv');
  bytes.writeUInt32BE(1, 8);
  bytes.writeUInt16BE(Math.round(gamma * 256), 12);
  return bytes;
}

function textTag(text: string): Buffer {
  const bytes = Buffer.alloc(92 + text.length);
  bytes.write('desc');
  bytes.writeUInt32BE(text.length + 1, 8);
  bytes.write(text, 12);
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function profile(space: string, given: readonly (readonly [string, Buffer])[]): Buffer {
  const tags = [['desc', textTag('test')], ['wtpt', xyzTag([0.9642, 1, 0.8249])], ...given] as const;
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  let at = 128 + table.length;
  tags.forEach(([name, body], i) => {
    table.write(name, 4 + 12 * i);
    table.writeUInt32BE(at, 8 + 12 * i);
    table.writeUInt32BE(body.length, 12 + 12 * i);
    at += body.length;
  });
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at);
  header.writeUInt32BE(0x02100000, 8);
  header.write(`mntr${space}XYZ `, 12);
  header.write('acsp', 36);
  Buffer.concat([0.9642, 1, 0.8249].map(fixed)).copy(header, 68);
  return Buffer.concat([header, table, ...tags.map(([, body]) => body)]);
}

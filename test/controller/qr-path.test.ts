import jsQR from 'jsqr';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { qrPath } from '../../controller/visitor/model/qr-path.ts';

async function read(text: string, rotate = 0): Promise<string | undefined> {
  const { side, path } = qrPath(text);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="300" height="300">
    <rect width="100%" height="100%" fill="#fbf6ee"/><path fill="#16110c" d="${path}"/></svg>`;
  const { data, info } = await sharp(Buffer.from(svg))
    .rotate(rotate, { background: '#0c0b0a' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return jsQR.default(new Uint8ClampedArray(data), info.width, info.height)?.data;
}

describe('the code of a receipt', () => {
  it('is read back by a reader nobody here wrote, also when the phone is held askew on the dark page', async () => {
    const link = 'https://faces.museum.example/receipt/4f7c2b9ad1e84b6f93c0d2c7a1b2c3d4';
    expect(await read(link)).toBe(link);
    expect(await read(link, 17)).toBe(link);
    const unusual = 'http://192.168.178.24:8080/receipt/Ünïcode?a=1&b=2';
    expect(await read(unusual)).toBe(unusual);
  });

  it('refuses what no code can hold', () => {
    expect(() => qrPath('x'.repeat(5_000))).toThrow();
  });
});

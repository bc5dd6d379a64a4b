import jsQR from 'jsqr';
import sharp from 'sharp';

/** The text of the QR code somewhere on a screenshot; undefined where none can be read. */
export async function scan(screenshot: Buffer): Promise<string | undefined> {
  const { data, info } = await sharp(screenshot).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return jsQR.default(new Uint8ClampedArray(data), info.width, info.height)?.data;
}

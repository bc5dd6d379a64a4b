import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** A drawn face, different for each seed, 3:4 or square: enough for a test to see a face. */
const drawing = (seed: number, width: number, height: number): Buffer => {
  const hue = (seed * 47) % 360;
  const unit = Math.min(width, height) / 100;
  const x = width / 2;
  const y = height / 2;
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${hue}, 18%, 34%)"/>
    <g transform="translate(${x} ${y}) scale(${unit})">
      <ellipse cx="0" cy="62" rx="44" ry="34" fill="hsl(${hue + 200}, 25%, 26%)"/>
      <ellipse cx="0" cy="-6" rx="29" ry="36" fill="hsl(${(hue % 60) + 10}, 35%, 22%)"/>
      <ellipse cx="0" cy="2" rx="24" ry="32" fill="hsl(24, 42%, ${48 + (seed % 5) * 6}%)"/>
      <circle cx="-9" cy="-4" r="3" fill="#1b1512"/><circle cx="9" cy="-4" r="3" fill="#1b1512"/>
      <path d="M-8 17q8 ${4 + (seed % 4)} 16 0" stroke="#6d2f2a" stroke-width="3" fill="none"/>
    </g></svg>`);
};

/** JPEG of a drawn face. */
export const drawnFace = (seed: number, width = 512, height = 512): Promise<Buffer> =>
  sharp(drawing(seed, width, height))
    .jpeg({ quality: 85 })
    .toBuffer();

const photographs = fileURLToPath(new URL('../../../shared/portraits/', import.meta.url));

/** JPEG of a real face where the reference material is there (only to be looked at), else of a drawn one. */
export async function faceToLookAt(seed: number, width = 512, height = 512): Promise<Buffer> {
  const names = existsSync(photographs) ? readdirSync(photographs).filter((name) => /\.(jpe?g|png)$/.test(name)) : [];
  if (names.length === 0) return drawnFace(seed, width, height);
  return sharp(`${photographs}${names[seed % names.length]}`)
    .rotate()
    .resize(width, height, { fit: 'cover', position: 'top' })
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** Where the red mark of the fake camera's film lies in the true picture, as parts of its width and height. */
export const filmMark = { left: 0.36, top: 0.4, width: 0.08, height: 0.2 };

/**
 * Frames for Chromium's fake camera (`--use-file-for-fake-video-capture=x.mjpeg`): JPEGs one after the other, with a red
 * mark left of the middle, to see what is mirrored.
 */
export async function fakeCameraFilm(face: Buffer, width = 640, height = 480): Promise<Buffer> {
  const px = (share: number, of: number) => Math.round(share * of);
  const size = { width: px(filmMark.width, width), height: px(filmMark.height, height) };
  const mark = await sharp({ create: { ...size, channels: 3, background: '#ff0000' } })
    .png()
    .toBuffer();
  const place = { left: px(filmMark.left, width), top: px(filmMark.top, height) };
  const frames = Array.from({ length: 8 }, (_, index) =>
    sharp(face)
      .resize(width, height, { fit: 'cover', position: 'top' })
      .modulate({ brightness: 1 + index * 0.005 })
      .composite([{ input: mark, ...place }])
      .jpeg({ quality: 90 })
      .toBuffer(),
  );
  return Buffer.concat(await Promise.all(frames));
}

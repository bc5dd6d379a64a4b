import sharp from 'sharp';
import type { RgbImage } from '../image/rgb-image.ts';
import { ground } from './ground.ts';

export interface SheetPair {
  readonly target: RgbImage;
  readonly result: RgbImage;
}

export interface SheetOptions {
  /** Side of a picture in pixels. */
  readonly tile?: number;
  /** Pairs in a row; by default rows of about equal length, of six at most. */
  readonly columns?: number;
}

/** A PNG on which each portrait stands over the face it became. A row that is not full stands in the middle. */
export async function contactSheet(pairs: readonly SheetPair[], options: SheetOptions = {}): Promise<Buffer> {
  const { tile = 256, columns = Math.ceil(pairs.length / Math.ceil(pairs.length / 6)) } = options;
  if (pairs.length === 0) throw new RangeError('a contact sheet of nothing');
  // A pair holds together, and pairs stand apart.
  const part = Math.max(1, Math.round(tile / 64));
  const [inner, gutter, rowGap, margin] = [part, 4 * part, 8 * part, 8 * part];
  const perRow = Math.min(columns, pairs.length);
  const rows = Math.ceil(pairs.length / perRow);
  const pairHeight = 2 * tile + inner;
  const width = 2 * margin + perRow * tile + (perRow - 1) * gutter;
  const height = 2 * margin + rows * pairHeight + (rows - 1) * rowGap;

  const pictures = await Promise.all(
    pairs.flatMap(({ target, result }, i) => {
      const row = Math.floor(i / perRow);
      const inRow = row === rows - 1 ? pairs.length - row * perRow : perRow;
      const indent = ((perRow - inRow) * (tile + gutter)) / 2;
      const left = Math.round(margin + indent + (i % perRow) * (tile + gutter));
      const top = margin + row * (pairHeight + rowGap);
      return [place(target, tile, left, top), place(result, tile, left, top + tile + inner)];
    }),
  );
  return sharp({ create: { width, height, channels: 3, background: ground } })
    .composite(pictures)
    .png({ compressionLevel: 9, effort: 7 })
    .toBuffer();
}

async function place(image: RgbImage, tile: number, left: number, top: number) {
  const { width, height } = image;
  const { data, info } = await sharp(image.data, { raw: { width, height, channels: 3 } })
    .resize(tile, tile, { fit: 'cover', kernel: 'mitchell' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { input: data, raw: { width: info.width, height: info.height, channels: info.channels }, left, top };
}

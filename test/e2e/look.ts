import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));

/** What a page shows, to be asked about its pixels. */
export interface Look {
  readonly width: number;
  readonly height: number;
  /** Mean brightness 0..255 of a region; parts of the page: x, y, width, height. */
  brightness(x?: number, y?: number, width?: number, height?: number): number;
  /** Mean red, green and blue of a region, 0..255. */
  color(x?: number, y?: number, width?: number, height?: number): readonly [number, number, number];
}

/** Looks at a page. With a name the picture is kept as a test artefact. */
export const look = async (page: Page, name?: string): Promise<Look> => lookAt(await page.screenshot(), name);

/** Looks at a screenshot. With a name it is kept as a test artefact. */
export async function lookAt(png: Buffer, name?: string): Promise<Look> {
  if (name) {
    await mkdir(dirname(`${artefacts}${name}.png`), { recursive: true });
    await writeFile(`${artefacts}${name}.png`, png);
  }
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const color = (x = 0, y = 0, w = 1, h = 1): readonly [number, number, number] => {
    const [left, top] = [Math.floor(x * info.width), Math.floor(y * info.height)];
    const right = Math.min(info.width, Math.max(left + 1, Math.round((x + w) * info.width)));
    const bottom = Math.min(info.height, Math.max(top + 1, Math.round((y + h) * info.height)));
    const sum = [0, 0, 0];
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        for (let c = 0; c < 3; c++) sum[c] += data[3 * (row * info.width + column) + c];
      }
    }
    const count = (right - left) * (bottom - top);
    return [sum[0] / count, sum[1] / count, sum[2] / count];
  };
  const brightness = (...region: number[]) => color(...region).reduce((sum, value) => sum + value, 0) / 3;
  return { width: info.width, height: info.height, color, brightness };
}

/** Waits until something is so, and says what it was waiting for where it never is. Gives the milliseconds it took. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patience = 30_000): Promise<number> {
  const begun = Date.now();
  while (Date.now() - begun < patience) {
    if (await holds()) return Date.now() - begun;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited ${patience / 1_000} s in vain: ${what}.`);
}

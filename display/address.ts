import { type FrameRequest, frameQuery, frameSizes } from '../server/protocol/frame.ts';
import { displayNamePattern } from '../server/protocol/messages.ts';
import { routes } from '../server/protocol/routes.ts';
import { qualityLevels } from './scene/quality.ts';

/** What the address of the page says: `/?name=left&size=1024&format=webp&quality=0`. */
export interface PageAddress {
  readonly name: string;
  /** Address of the pictures, path and query. */
  readonly frames: string;
  /** Level of quality to stay at (0 is best), null where it follows the speed of the machine. */
  readonly quality: number | null;
}

/**
 * Reads the page's own address. What is missing or makes no sense is chosen: the name `main`, the installation's format,
 * and the smallest size that fills `pixels`, the shorter side of what is drawn. Pure.
 */
export function readAddress(query: URLSearchParams, pixels: number): PageAddress {
  const name = query.get('name') ?? '';
  const quality = query.get('quality') ?? '';
  const asked = Number(query.get('size'));
  const format = (['jpeg', 'webp', 'rgb'] as const).find((known) => known === query.get('format'));
  const size: FrameRequest['size'] =
    frameSizes.find((allowed) => allowed === asked) ?? frameSizes.find((allowed) => allowed >= pixels) ?? 2048;
  return {
    name: displayNamePattern.test(name) ? name : 'main',
    quality: /^\d$/.test(quality) && Number(quality) < qualityLevels.length ? Number(quality) : null,
    frames: `${routes.frames}${frameQuery({ size, format })}`,
  };
}

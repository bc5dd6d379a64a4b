import { randomBytes } from 'node:crypto';
import type { DisplayReport } from '../protocol/messages.ts';
import { displayLimits } from '../protocol/messages.ts';
import { routes } from '../protocol/routes.ts';
import type { DisplayHealth } from '../protocol/snapshot.ts';

/** What the stream knows of a display. */
export interface StreamCounts {
  readonly sent: number;
  readonly dropped: number;
}

interface Connected {
  readonly id: string;
  readonly name: string;
  readonly client: string;
  readonly connectedAt: number;
  /** Part of the thumbnail's address: only those who see the curator's page know it. */
  readonly secret: string;
  report: DisplayReport;
  thumbnail: Uint8Array | null;
  /** Counts thumbnails, so that each has an address of its own. */
  version: number;
}

/** The displays that are connected, what they report, and what they showed a moment ago. */
export class Displays {
  readonly #byId = new Map<string, Connected>();
  readonly #counts: (client: string) => StreamCounts;

  constructor(counts: (client: string) => StreamCounts) {
    this.#counts = counts;
  }

  get list(): readonly DisplayHealth[] {
    return [...this.#byId.values()].map(({ id, name, client, connectedAt, secret, report, thumbnail, version }) => ({
      id,
      name,
      connectedAt,
      width: report.width,
      height: report.height,
      fps: report.fps,
      latency: report.latency,
      ...this.#counts(client),
      thumbnail: thumbnail && `${routes.thumbnails}${id}?${secret}.${version}`,
    }));
  }

  connect(id: string, name: string, client: string, now: number): void {
    const report = { width: 0, height: 0, fps: 0, latency: null, skipped: 0 };
    const secret = randomBytes(12).toString('base64url');
    this.#byId.set(id, { id, name, client, connectedAt: now, secret, report, thumbnail: null, version: 0 });
  }

  disconnect(id: string): void {
    this.#byId.delete(id);
  }

  /** Takes a report of unknown content; false where it is none. */
  report(id: string, value: unknown): boolean {
    const display = this.#byId.get(id);
    const report = readReport(value);
    if (!display || !report) return false;
    display.report = report;
    return true;
  }

  /** Takes a thumbnail of unknown content; false where it is none. */
  keepThumbnail(id: string, value: unknown): boolean {
    const display = this.#byId.get(id);
    if (!display || !(value instanceof Uint8Array) || value.byteLength > displayLimits.thumbnail) return false;
    if (!isPicture(value)) return false;
    display.thumbnail = Uint8Array.from(value);
    display.version += 1;
    return true;
  }

  /** Drops what the displays showed: a face that is being deleted may be on it. */
  dropThumbnails(): void {
    for (const display of this.#byId.values()) display.thumbnail = null;
  }

  /** The thumbnail at an address made by `list`. */
  thumbnail(id: string, query: string): Uint8Array | null {
    const display = this.#byId.get(id);
    return display?.thumbnail && query.split('.')[0] === display.secret ? display.thumbnail : null;
  }
}

function readReport(value: unknown): DisplayReport | null {
  if (typeof value !== 'object' || value === null) return null;
  const { width, height, fps, latency, skipped } = value as Record<string, unknown>;
  const count = (number: unknown, max: number): number | null =>
    typeof number === 'number' && number >= 0 && number <= max ? number : null;
  const read = {
    width: count(width, 1e5),
    height: count(height, 1e5),
    fps: count(fps, 1e3),
    skipped: count(skipped, 1e12),
  };
  if (read.width === null || read.height === null || read.fps === null || read.skipped === null) return null;
  return { width: read.width, height: read.height, fps: read.fps, skipped: read.skipped, latency: count(latency, 1e7) };
}

/** JPEG or WebP by its first bytes. */
export const isPicture = (bytes: Uint8Array): boolean => pictureType(bytes) !== null;

export function pictureType(bytes: Uint8Array): 'image/jpeg' | 'image/webp' | null {
  const text = String.fromCharCode(...bytes.subarray(0, 12));
  if (text.startsWith('\u00ff\u00d8\u00ff')) return 'image/jpeg';
  return /^RIFF....WEBP$/s.test(text) ? 'image/webp' : null;
}

import { parse } from 'node:path';
import { strToU8, Zip, ZipDeflate, ZipPassThrough } from 'fflate';

/** A ZIP without its 64-bit extension holds no more. */
export const MOST_ZIP_FILES = 65_000;
export const MOST_ZIP_BYTES = 4.2e9;

/** ZIPs of the same files are the same bytes. */
const ZIP_DATE = '1980-01-01T12:00:00';

/** A ZIP that is made file by file; what is ready of it is taken away in between, so that it is never in memory whole. */
export class ZipStream {
  readonly #zip: Zip;
  #ready: Uint8Array[] = [];
  #bytes = 0;

  constructor() {
    this.#zip = new Zip((error, chunk) => {
      if (error) throw error;
      this.#bytes += chunk.byteLength;
      this.#ready.push(chunk);
    });
  }

  /** Bytes of the ZIP so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a file that is compressed already. */
  addPacked(name: string, data: Uint8Array): void {
    this.#add(new ZipPassThrough(name), data);
  }

  /** Adds a table as RFC 4180 has it. */
  addCsv(name: string, rows: readonly (readonly string[])[]): void {
    this.#add(new ZipDeflate(name), strToU8(csv(rows)));
  }

  end(): void {
    this.#zip.end();
  }

  /** What is ready since the last time. */
  take(): Uint8Array[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #add(entry: ZipPassThrough | ZipDeflate, data: Uint8Array): void {
    entry.mtime = ZIP_DATE;
    this.#zip.add(entry);
    entry.push(data, true);
  }
}

/** `0042-anna.png`: sorts as the photographs do, and is a name on any system. */
export function faceName(number: number, file: string, total: number): string {
  const digits = Math.max(4, String(total).length);
  const stem = parse(file)
    .name.replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 60);
  return `${String(number).padStart(digits, '0')}-${stem}.png`;
}

function csv(rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

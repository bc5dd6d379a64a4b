import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { type VideoCodec, videoCodecs } from './codecs.ts';
import { decodeVideo } from './probe.ts';
import { openVideo } from './video-writer.ts';

export interface CodecReport {
  readonly codec: VideoCodec;
  /** What is wrong, in a sentence; undefined where the codec works. */
  readonly problem: string | undefined;
}

/** Tries each codec on this machine: writes a short video, reads it back and compares the colours. */
export async function checkCodecs(): Promise<CodecReport[]> {
  const folder = await mkdtemp(join(tmpdir(), 'familiar-faces-'));
  try {
    const reports: CodecReport[] = [];
    for (const codec of videoCodecs) {
      const problem = await tryCodec(codec, join(folder, `${codec}.mp4`)).catch(messageOf);
      reports.push({ codec, problem });
    }
    return reports;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const side = 64;
const colours = [
  [196, 144, 118],
  [52, 60, 92],
  [230, 228, 220],
] as const;

async function tryCodec(codec: VideoCodec, path: string): Promise<string | undefined> {
  const writer = await openVideo(path, { width: side, height: side, fps: 24, codec, minimumSize: 1 });
  for (const colour of colours) await writer.write(plain(colour));
  await writer.finish();
  let at = 0;
  for await (const { data } of decodeVideo(path)) {
    const middle = 3 * (side * (side / 2) + side / 2);
    const expected = colours[at++] ?? [];
    const error = Math.max(...expected.map((value, channel) => Math.abs(value - data[middle + channel])));
    if (!(error <= 8)) return `It changes colours by ${error} of 255.`;
  }
  return at === colours.length ? undefined : `It gave ${at} frames back where ${colours.length} were written.`;
}

function plain(colour: readonly number[]): RgbImage {
  return { width: side, height: side, data: Uint8Array.from({ length: 3 * side * side }, (_, i) => colour[i % 3]) };
}

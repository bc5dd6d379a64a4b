import { writeFileSync } from 'node:fs';
import { answerRequests } from '../runtime/answer-requests.ts';
import { openImage } from './decode.ts';
import type { DecodeAnswer, DecodeRequest } from './decoder.ts';
import { outOfMemoryCode, outOfTimeCode } from './decoder-memory.ts';

/** The process of `DecoderProcess`. */

const memory = Number(process.argv[2]);
const watchIntervalMs = 10;
/** What the decoder itself notices, it says without ending this process. */
const graceMs = 250;

// Where the computer itself runs out of memory, Linux ends this process before the piece.
if (process.platform === 'linux') {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Some containers forbid it.
  }
}

answerRequests<DecodeRequest, DecodeAnswer>(
  async () => undefined,
  async ({ source, limits, options }) => {
    // Decoding happens in other threads, so that this one is free to watch. Decoders keep to no time where they read
    // what stands beside the pixels, such as compressed text.
    const dueAt = performance.now() + limits.maxSeconds * 1_000 + graceMs;
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() > memory) process.exit(outOfMemoryCode);
      if (performance.now() > dueAt) process.exit(outOfTimeCode);
    }, watchIntervalMs);
    try {
      const opened = await openImage(source, limits);
      const { width, height } = opened;
      return options === null ? { width, height } : await opened.read(options);
    } finally {
      clearInterval(watch);
    }
  },
);

import { totalmem } from 'node:os';

/** Of a decoder without a picture, bytes. */
const baseMemory = 150e6;
/**
 * Bytes a pixel in the format that takes most: a progressive JPEG's coefficients, 16 bits for each of three channels, are
 * all held at once.
 */
const bytesPerPixel = 6;
/** Enough for the largest cameras that people carry. */
const mostMemory = 1.5e9;

/** With this exit code the decoder's process says that a picture needed more memory than it may have. */
export const outOfMemoryCode = 77;
/** With this one, that it needed more time. */
export const outOfTimeCode = 78;

/** Most memory for decoding, bytes: a third of the computer's, which runs an engine and a wall as well. */
export const decoderMemory = (total = totalmem()): number => Math.min(mostMemory, total / 3);

/** The largest picture whose decoding surely fits into so many bytes, pixels. */
export const pixelsWithin = (memory: number): number => Math.floor(Math.max(0, memory - baseMemory) / bytesPerPixel);

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { fileError } from '../files/errors.ts';
import { encodePng } from '../image/encode.ts';
import { fromTensor, type RgbImage, toTensor } from '../image/rgb-image.ts';
import type { FilmFace, FilmSettings } from '../media/film-record.ts';
import { besideTarget } from '../media/side-by-side.ts';
import { openVideo, type VideoWriter } from '../media/video-writer.ts';
import { type Latent, mixLatents } from '../projection/latent.ts';
import { writeLatent } from '../projection/latent-file.ts';
import type { Projector, Seen } from '../projection/projector.ts';

/** Pictures on the way back to where the loop begins. */
const CLOSING_FRAMES = 12;

export interface FaceOrder {
  readonly folder: string;
  readonly target: RgbImage;
  readonly start: Latent;
  readonly isWarm: boolean;
  readonly settings: FilmSettings;
  /** A picture as it is to be seen, which is another one where faces are bent: [3, R, R]. */
  readonly shown: (seen: Pick<Seen, 'image' | 'latent'>) => Promise<Float32Array>;
  /** The face walks on to this latent in the end: where the loop begins. */
  readonly closing?: Latent;
  readonly signal: AbortSignal;
  readonly onStep: (step: number, distance: number) => void;
}

export interface MadeFace {
  readonly latent: Latent;
  readonly first: Float32Array;
  readonly last: Float32Array;
  readonly record: Pick<FilmFace, 'steps' | 'seconds' | 'frames' | 'final' | 'curve'>;
}

/**
 * Projects one portrait and writes its folder: target, evolution video, final picture, latent and noise. Undefined where
 * it was interrupted: the video then ends with the last step made and is whole, and there is no latent.
 */
export async function makeFace(projector: Projector, order: FaceOrder): Promise<MadeFace | undefined> {
  const { folder, target, settings, signal } = order;
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw fileError(folder, cause);
  });
  await writeFileAtomic(join(folder, 'target.png'), await encodePng(target));
  const portrait = toTensor(target);
  const film = await openFaceVideo(join(folder, 'evolution.mp4'), target, settings);
  const began = performance.now();
  const curve: FilmFace['curve'] = [];
  let first: Float32Array | undefined;
  let last: Seen | undefined;
  try {
    const moments = projector.become({
      target: portrait,
      start: order.start,
      isWarm: order.isWarm,
      seed: settings.seed,
      steps: settings.steps,
      signal,
    });
    for await (const { frame, found, isLast, show } of moments) {
      if (found.step > (curve.at(-1)?.step ?? -1)) {
        curve.push({ step: found.step, loss: found.loss, lpips: found.perceptual });
        order.onStep(found.step, found.perceptual);
      }
      if (frame % settings.every !== 0 && !isLast) continue;
      last = await show();
      first ??= last.image;
      await film.write(await order.shown(last));
    }
    if (last !== undefined && order.closing !== undefined && !signal.aborted) {
      for await (const seen of closingWalk(projector, portrait, last.latent, order.closing)) {
        last = seen;
        await film.write(await order.shown(seen));
      }
    }
  } catch (error) {
    await film.abort();
    throw error;
  }
  if (first === undefined || last === undefined) {
    await film.abort();
    return undefined;
  }
  const { frames } = await film.finish();
  if (signal.aborted) return undefined;
  const final = pictureOf(await order.shown(last), target.width);
  await writeFileAtomic(join(folder, 'final.png'), await encodePng(final));
  await writeLatent(folder, projector.generator, last.latent);
  return {
    latent: last.latent,
    first,
    last: last.image,
    record: {
      steps: curve.length - 1,
      seconds: Math.round(performance.now() - began) / 1000,
      frames,
      final: { lpips: Math.max(0, last.perceptual), mse: last.mse },
      curve,
    },
  };
}

/** Draws the way from one latent to another, beginning and ending gently; the last picture is exactly `to`. */
async function* closingWalk(
  projector: Projector,
  target: Float32Array,
  from: Latent,
  to: Latent,
): AsyncGenerator<Seen> {
  for (let k = 1; k <= CLOSING_FRAMES; k++) {
    const t = k / CLOSING_FRAMES;
    yield await projector.look(target, k === CLOSING_FRAMES ? to : mixLatents(from, to, t * t * (3 - 2 * t)));
  }
}

const pictureOf = (image: Float32Array, size: number): RgbImage => fromTensor(image, size, size);

/** The evolution's video, alone or with the portrait beside it. */
async function openFaceVideo(
  path: string,
  target: RgbImage,
  { fps, sideBySide, codec }: FilmSettings,
): Promise<Pick<VideoWriter, 'finish' | 'abort'> & { write(image: Float32Array): Promise<void> }> {
  const beside = sideBySide ? await besideTarget(target) : undefined;
  const { width, height } = beside ?? target;
  const writer = await openVideo(path, { width, height, fps, codec });
  return {
    write: async (image) => {
      const frame = pictureOf(image, target.width);
      await writer.write(beside ? await beside.compose(frame) : frame);
    },
    finish: () => writer.finish(),
    abort: () => writer.abort(),
  };
}

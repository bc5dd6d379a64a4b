import { access, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isPartialName } from '../files/atomic.ts';
import { encodeWebp } from '../image/encode.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import { sharp } from '../image/sharp.ts';
import type { CurvePoint } from '../protocol/snapshot.ts';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.ts';
import type { Tensor } from '../weights/tensor-file.ts';
import { faceOfOtherPack } from './errors.ts';
import { latentLength, type PackFacts } from './face-record.ts';
import { privateFile, writePrivate } from './private-files.ts';
import type { StepRecord } from './step-record.ts';

/** The files of a face. */
export const faceFiles = {
  record: 'face.json',
  journal: 'journal',
  latent: 'latent.safetensors',
  curve: 'curve.json',
  final: 'final.webp',
  thumbnail: 'thumbnail.webp',
  video: 'evolution.mp4',
  portrait: 'portrait.jpg',
} as const;

const thumbnailSide = 128;
/** Points of a kept curve: more cannot be told apart on a screen. */
const longestCurve = 1_000;

/** The parts of a latent by their names and shapes; `wplus` as the film's faces call it, so that one tool reads both. */
const latentParts = ({ numWs, wDim, noise = [] }: PackFacts): [name: string, shape: number[]][] => [
  ['wplus', [1, numWs, wDim]],
  ...noise.map((size, i): [string, number[]] => [`noise.${i}`, [size, size]]),
];

/** Writes a latent, see `latentLength`. */
export async function writeFaceLatent(folder: string, pack: PackFacts, latent: Float32Array): Promise<void> {
  let at = 0;
  const tensors = latentParts(pack).map(([name, shape]): [string, Tensor] => {
    const start = at;
    at += shape.reduce((a, b) => a * b);
    return [name, { shape, data: latent.subarray(start, at) }];
  });
  await writeSafetensors(
    join(folder, faceFiles.latent),
    new Map(tensors),
    { generator_sha256: pack.sha256 },
    privateFile,
  );
}

/** Reads the latent. Throws FACE_OTHER_PACK where its shape is not this network's, or WEIGHTS_* where it is damaged. */
export function readFaceLatent(folder: string, id: string, pack: PackFacts): Float32Array {
  const file = openSafetensors(join(folder, faceFiles.latent));
  try {
    const latent = new Float32Array(latentLength(pack));
    let at = 0;
    for (const [name, shape] of latentParts(pack)) {
      if (file.tensors.get(name)?.shape.join() !== shape.join()) throw faceOfOtherPack(id);
      const part = file.read(name);
      latent.set(part, at);
      at += part.length;
    }
    return latent;
  } finally {
    file.close();
  }
}

export async function writeFacePictures(folder: string, image: RgbImage): Promise<void> {
  const { width, height, data } = image;
  const small = sharp(data, { raw: { width, height, channels: 3 } })
    .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80 });
  await writePrivate(join(folder, faceFiles.thumbnail), await small.toBuffer());
  await writePrivate(join(folder, faceFiles.final), await encodeWebp(image, 92));
}

/** Keeps the curve as points of the loss and the likeness, evenly thinned. */
export async function writeFaceCurve(folder: string, steps: readonly StepRecord[]): Promise<void> {
  const stride = Math.max(1, Math.ceil(steps.length / longestCurve));
  const kept = steps.filter((_, i) => i % stride === 0 || i === steps.length - 1);
  const points = kept.map(({ step, loss, likeness }): CurvePoint => ({ step, loss, likeness }));
  await writePrivate(join(folder, faceFiles.curve), JSON.stringify(points));
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Removes what interrupted writes left behind. */
export async function sweepPartials(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter(isPartialName).map((name) => rm(join(folder, name), { force: true })));
}

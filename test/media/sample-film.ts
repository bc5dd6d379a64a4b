import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import type { FilmFace, FilmRecord } from '../../server/media/film-record.ts';
import { playInOrder, writeLoop } from '../../server/media/loop.ts';
import { resultPage } from '../../server/media/result-page.ts';
import { openVideo } from '../../server/media/video-writer.ts';
import { moving } from './pictures.ts';

export function sampleFace(name: string, folder: string, changes: Partial<FilmFace> = {}): FilmFace {
  return {
    name,
    portrait: `portraits/${name}.jpg`,
    pass: 1,
    start: 'mean',
    steps: 200,
    seconds: 13.2,
    frames: 21,
    video: `${folder}/evolution.mp4`,
    final: { lpips: 0.187, mse: 0.0123 },
    curve: Array.from({ length: 201 }, (_, step) => {
      const distance = 0.187 + 0.3 * Math.exp(-step / 30);
      return { step, loss: 1.3 * distance, lpips: step % 5 === 0 ? distance : null };
    }),
    handover: { lpips: null },
    ...changes,
  };
}

export function sampleRecord(faces: FilmFace[], changes: Partial<FilmRecord> = {}): FilmRecord {
  return {
    version: 1,
    pack: { name: 'default', sha256: 'a3f1'.repeat(16), resolution: 128 },
    settings: {
      steps: 200,
      every: 10,
      fps: 24,
      passes: 1,
      preset: 'chain',
      space: 'w+',
      from: 'previous',
      engine: 'onnxruntime cpu',
      seed: 1,
      sideBySide: false,
      codec: 'h264',
      directions: '',
    },
    faces,
    loop: { video: 'loop.mp4', frames: 21 * faces.length, seam: { lpips: 0.006 } },
    ...changes,
  };
}

/** Writes everything that a film's page shows, with moving gradients for faces. */
export async function writeSampleFilm(folder: string, names: readonly string[]): Promise<FilmRecord> {
  const faces: FilmFace[] = [];
  for (const [i, name] of names.entries()) {
    const inside = `${String(i + 1).padStart(2, '0')}-ä #${i} 100%`;
    await mkdir(join(folder, inside), { recursive: true });
    const frames = Array.from({ length: 21 }, (_, t) => moving(128, 128, 20 * i + t));
    const writer = await openVideo(join(folder, inside, 'evolution.mp4'), { width: 128, height: 128, fps: 24 });
    for (const frame of frames) await writer.write(frame);
    await writer.finish();
    await writePng(join(folder, inside, 'target.png'), frames[20]);
    await writePng(join(folder, inside, 'final.png'), frames[20]);
    faces.push(sampleFace(name, inside, i > 0 ? { handover: { lpips: 0.012 } } : {}));
  }
  const record = sampleRecord(faces);
  await writeLoop(join(folder, 'loop.mp4'), playInOrder(faces.map((face) => join(folder, face.video))), { fps: 24 });
  await writeFile(join(folder, 'index.html'), resultPage(record));
  return record;
}

async function writePng(path: string, { width, height, data }: RgbImage): Promise<void> {
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

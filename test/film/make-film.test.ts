import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatedTargets } from '../../server/bench/generated-targets.ts';
import { randomFacesPerceptual, randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { FamiliarError } from '../../server/errors.ts';
import { type FilmPlan, filmTasks } from '../../server/film/film-plan.ts';
import { makeFilm, type Studio } from '../../server/film/make-film.ts';
import { decodeImage } from '../../server/image/decode.ts';
import { fromTensor, type RgbImage, toTensor } from '../../server/image/rgb-image.ts';
import { type FilmRecord, readFilmRecord } from '../../server/media/film-record.ts';
import { decodeVideo, probeVideo } from '../../server/media/probe.ts';
import { loadFacesPerceptual } from '../../server/networks/faces-perceptual.ts';
import { loadStyleGan2 } from '../../server/networks/stylegan2.ts';
import { WeightReader } from '../../server/networks/weight-reader.ts';
import { createComparer } from '../../server/projection/compare.ts';
import { createProjector } from '../../server/projection/projector.ts';
import { RandomState } from '../../server/projection/random.ts';
import { presets } from '../../server/projection/settings.ts';
import { createOnnxRuntime } from '../../server/runtime/onnxruntime.ts';

const SIZE = 32;
const pack = { name: 'random', sha256: 'a'.repeat(64), resolution: SIZE };
const folder = mkdtempSync(join(tmpdir(), 'familiar-faces-film-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let studio: Studio;
let pictures: RgbImage[];
let skipped: string[] = [];
const perceptual = loadFacesPerceptual(
  new WeightReader(randomFacesPerceptual([8, 8, 16, 16, 16, 16, 16], 2), 'random'),
);

beforeAll(async () => {
  const runtime = await createOnnxRuntime({ provider: 'cpu' });
  const weights = randomStyleGan2({ resolution: SIZE, channelBase: 512, channelMax: 16, wDim: 64, seed: 1 });
  const generator = loadStyleGan2(weights, 'random', { mappingMultiplier: 1, convClamp: null });
  pictures = (await generatedTargets(generator, runtime, 3)).map((t) => fromTensor(t, SIZE, SIZE));
  studio = {
    projector: await createProjector(runtime, generator, { perceptual }, presets.chain),
    comparer: await createComparer(runtime, perceptual, SIZE),
    pack,
    bend: null,
    prepare: async (path) => {
      const picture = pictures[Number(/(\d)/.exec(path)?.[1])];
      if (picture === undefined) throw new FamiliarError('FACE_NONE', `${path}: no face.`);
      return picture;
    },
    skip: ({ message }) => skipped.push(message),
    progress: () => ({ update: () => {}, done: () => {} }),
  };
});

const plan = (out: string, changes: Partial<FilmPlan['settings']> = {}): FilmPlan => ({
  portraits: ['a/0.jpg', 'a/1.jpg', 'b/2 (copy).jpg'],
  out: join(folder, out),
  settings: {
    steps: 20,
    every: 5,
    fps: 24,
    passes: 2,
    preset: 'chain',
    space: 'w+',
    from: 'previous',
    engine: 'test',
    seed: 3,
    sideBySide: false,
    codec: 'h264',
    directions: '',
    ...changes,
  },
});

const film = (p: FilmPlan, isResumed = false, signal = new AbortController().signal): Promise<FilmRecord> =>
  makeFilm(p, studio, isResumed, signal);

const withoutTimes = (record: FilmRecord): unknown => ({
  ...record,
  faces: record.faces.map((f) => ({ ...f, seconds: 0 })),
});

describe('a film', () => {
  it('chains every face to the one before and closes the loop', async () => {
    const p = plan('whole');
    const record = await film(p);
    expect(await readFilmRecord(join(p.out, 'chain.json'))).toEqual(record);
    expect(record.faces.map((f) => [f.name, f.pass])).toEqual([
      ['0', 1],
      ['1', 1],
      ['2 (copy)', 1],
      ['0', 2],
      ['1', 2],
      ['2 (copy)', 2],
    ]);
    expect(record.faces[0].start).toBe('mean');
    expect(record.faces[3].start).toBe(record.faces[2].video);
    // One face's last picture is the next one's first: nothing lies between them.
    expect(record.faces[0].handover.lpips).toBeNull();
    for (const face of record.faces.slice(1)) expect(face.handover.lpips).toBeLessThan(1e-6);
    expect(record.loop?.seam.lpips).toBeLessThan(1e-6);
    for (const face of record.faces) {
      expect(face.curve.map((point) => point.step)).toEqual(Array.from({ length: face.curve.length }, (_, i) => i));
      expect(face.final.lpips).toBeLessThan(face.curve[0].lpips as number);
      const info = await probeVideo(join(p.out, face.video));
      expect(info.frames).toBe(face.frames);
    }
    // 20 steps, every 5th and the last: 5 pictures; the loop drops each one's first, and its last face walks home.
    expect(record.faces[0].frames).toBe(6);
    expect(record.faces[5].frames).toBe(6 + 12);
    expect(record.loop?.frames).toBe(5 + 5 + 17);
    for (const file of [
      'index.html',
      'loop.mp4',
      'contact-sheet.png',
      'becoming.png',
      '01-0/target.png',
      '03-2-copy-/final.png',
    ]) {
      expect(existsSync(join(p.out, file)), file).toBe(true);
    }
  });

  it('has no frame that differs from its neighbour more than inside a face, around the loop as well', async () => {
    const p = plan('smooth', { steps: 60 });
    const { loop } = await film(p);
    const frames: Float32Array[] = [];
    for await (const frame of decodeVideo(join(p.out, 'loop.mp4'))) frames.push(toTensor(frame));
    expect(frames).toHaveLength(loop?.frames as number);
    const runtime = await createOnnxRuntime({ provider: 'cpu' });
    const comparer = await createComparer(runtime, perceptual, Math.sqrt(frames[0].length / 3));
    const steps: number[] = [];
    for (let i = 0; i < frames.length; i++)
      steps.push(await comparer.distance(frames[i], frames[(i + 1) % frames.length]));
    const seam = steps[steps.length - 1];
    expect(seam).toBeLessThanOrEqual(Math.max(...steps.slice(0, -1)));
  });

  it('goes on after an interruption exactly as it would have', async () => {
    const whole = await film(plan('uninterrupted'));
    const p = plan('interrupted');
    const abort = new AbortController();
    let faces = 0;
    const watching: Studio = {
      ...studio,
      progress: (label) => ({
        update: (done) => {
          if (label.startsWith('2') && done === 10 && faces++ === 0) abort.abort();
        },
        done: () => {},
      }),
    };
    await expect(makeFilm(p, watching, false, abort.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const half = await readFilmRecord(join(p.out, 'chain.json'));
    expect(half?.faces).toHaveLength(2);
    // The video in hand was finished, and plays.
    expect((await probeVideo(join(p.out, '03-2-copy-', 'evolution.mp4'))).frames).toBeGreaterThan(0);
    const resumed = await film(p, true);
    expect(withoutTimes(resumed)).toEqual(withoutTimes(whole));
    const latents = (out: string) => readFileSync(join(folder, out, '06-2-copy-', 'latent.safetensors'));
    expect(latents('interrupted').equals(latents('uninterrupted'))).toBe(true);
  });

  it('refuses to go on with another film, and names what differs', async () => {
    const p = plan('other');
    await film(p);
    await expect(film(plan('other', { steps: 21, fps: 25 }), true)).rejects.toMatchObject({
      code: 'FILM_DIFFERENT',
      message: expect.stringMatching(/steps was 20; fps was 24/),
    });
    await expect(film({ ...p, portraits: ['a/1.jpg', 'a/0.jpg', 'b/2 (copy).jpg'] }, true)).rejects.toMatchObject({
      code: 'FILM_DIFFERENT',
    });
  });

  it('says every photograph that is refused before any work is done', async () => {
    const p = { ...plan('refused'), portraits: ['a/0.jpg', 'a/8.jpg', 'a/9.jpg'] };
    await expect(film(p)).rejects.toMatchObject({ message: 'a/8.jpg: no face.\na/9.jpg: no face.' });
    expect(existsSync(join(p.out, '01-0'))).toBe(false);
  });

  it('leaves out what a folder holds beside portraits, says so, and goes on without it', async () => {
    const p: FilmPlan = {
      ...plan('folder', { steps: 2, passes: 1 }),
      portraits: ['a/0.jpg', 'a/8.mov', 'a/1.jpg', 'a/9.aae'],
      found: new Set(['a/0.jpg', 'a/8.mov', 'a/1.jpg', 'a/9.aae']),
    };
    skipped = [];
    const record = await film(p);
    expect(record.faces.map(({ portrait }) => portrait)).toEqual(['a/0.jpg', 'a/1.jpg']);
    expect(skipped).toEqual(['a/8.mov: no face.', 'a/9.aae: no face.']);
    expect((await film(p, true)).faces).toEqual(record.faces);
    // What was named itself must be a portrait.
    const named = film({ ...p, found: new Set(['a/0.jpg', 'a/1.jpg', 'a/9.aae']) });
    await expect(named).rejects.toMatchObject({ message: 'a/8.mov: no face.' });
    const nothing = film({ ...p, portraits: ['a/8.mov', 'a/9.aae'] });
    await expect(nothing).rejects.toMatchObject({ message: 'a/8.mov: no face.\na/9.aae: no face.' });
  });

  it('starts every face anew where asked, with one pass and the portrait beside it', async () => {
    const p = plan('anew', { from: 'mean', passes: 1, sideBySide: true, steps: 4, every: 2 });
    const record = await film(p);
    expect(record.faces.map((f) => f.start)).toEqual(['mean', 'mean', 'mean']);
    expect(record.faces.map((f) => f.handover.lpips)).toEqual([null, null, null]);
    expect(record.loop?.frames).toBe(12);
    expect(record.loop?.seam.lpips).toBeGreaterThan(0);
    const info = await probeVideo(join(p.out, record.faces[0].video));
    expect(info.width).toBeGreaterThan(2 * info.height);
  });
});

describe('a pack that brings more than a mean face', () => {
  const only = { portraits: ['a/0.jpg'] };
  const still = async (p: FilmPlan) => (await decodeImage(join(p.out, '01-0', 'final.png'))).data;

  it('begins the film with its own face', async () => {
    const { generator } = studio.projector;
    const start = new RandomState(5).normals(generator.numWs * generator.wDim);
    const p = { ...plan('own start', { passes: 1, steps: 1, every: 1 }), ...only };
    const [face] = (await makeFilm(p, { ...studio, start }, false, new AbortController().signal)).faces;
    expect(face.start).toBe('start');
    // The search begins with the pack's own noise maps.
    const noise = generator.noiseMaps.map(({ stored }) => stored);
    const expected = await studio.projector.look(toTensor(pictures[0]), { ws: start, noise });
    expect(face.curve[0].lpips).toBeCloseTo(expected.perceptual, 5);
    const mean = { ...plan('mean start', { passes: 1, steps: 1, from: 'mean' }), ...only };
    const [other] = (await makeFilm(mean, { ...studio, start }, false, new AbortController().signal)).faces;
    expect(other.start).toBe('mean');
  });

  it('bends every picture and nothing else', async () => {
    const { numWs, wDim } = studio.projector.generator;
    const bend = new RandomState(6).normals(numWs * wDim);
    const straight = { ...plan('straight', { passes: 1 }), ...only };
    const bowed = { ...plan('bowed', { passes: 1, directions: 'age=1' }), ...only };
    const record = await film(straight);
    const other = await makeFilm(bowed, { ...studio, bend }, false, new AbortController().signal);
    expect(other.faces[0].curve).toEqual(record.faces[0].curve);
    expect(other.faces[0].frames).toBe(record.faces[0].frames);
    const latents = (p: FilmPlan) => readFileSync(join(p.out, '01-0', 'latent.safetensors'));
    expect(latents(bowed).equals(latents(straight))).toBe(true);
    const difference = (a: Uint8Array, b: Uint8Array) =>
      a.reduce((sum, x, i) => sum + Math.abs(x - b[i]), 0) / a.length;
    expect(difference(await still(bowed), await still(straight))).toBeGreaterThan(10);
    const frames = async (p: FilmPlan) => {
      const all: Uint8Array[] = [];
      for await (const { data } of decodeVideo(join(p.out, '01-0', 'evolution.mp4'))) all.push(data);
      return all;
    };
    const [a, b] = [await frames(straight), await frames(bowed)];
    for (const [i, frame] of a.entries()) expect(difference(frame, b[i])).toBeGreaterThan(5);
  });
});

describe('folders of faces', () => {
  it('are safe whatever the photographs are called', () => {
    const names = ['../../etc/passwd', 'a/ü – né.png', 'x'.repeat(300), '.jpg', '...', 'CON', '日本.webp'];
    const tasks = filmTasks({ portraits: names, out: '', settings: plan('').settings });
    for (const { folder: name } of tasks) {
      expect(name).toMatch(/^\d\d-[\p{L}\p{N}._-]{1,60}$/u);
    }
    expect(new Set(tasks.map((t) => t.folder)).size).toBe(tasks.length);
  });
});

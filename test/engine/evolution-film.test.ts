import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JournalWriter } from '../../server/chain/journal.ts';
import { encodeStep } from '../../server/chain/step-record.ts';
import { EvolutionFilm } from '../../server/engine/evolution.ts';

const steps = 5;
let folder: string;
let drawn: number[];
const studio = {
  ready: { pack: { resolution: 16, numWs: 1, wDim: 2 } },
  draw: async ([step]: Float32Array) => {
    drawn.push(step);
    return { width: 16, height: 16, data: new Uint8Array(768).fill(40 * step) };
  },
} as never;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  drawn = [];
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  const journal = await JournalWriter.open(at('journal'));
  for (let step = 0; step < steps; step++) {
    const ws = Float32Array.of(step, 1);
    await journal.append(encodeStep({ step, done: step / steps, loss: 1, likeness: 0, ws, noise: null }));
  }
  await journal.close();
});
afterEach(() => rm(folder, { recursive: true }));

describe('the film of a becoming', () => {
  it('is drawn a frame at a time, each once, with whatever comes between', async () => {
    const film = new EvolutionFilm(studio, at('journal'), at('film.mp4'));
    expect(drawn).toEqual([]);
    for (let step = 0; step < steps; step++) {
      expect(await readdir(folder)).not.toContain('film.mp4');
      expect(await film.advance()).toBe(step === steps - 1);
      expect(drawn).toHaveLength(step + 1);
    }
    expect(drawn).toEqual([0, 1, 2, 3, 4]);
    await film.abort();
    expect((await readdir(folder)).sort()).toEqual(['film.mp4', 'journal']);
  });

  it('leaves nothing where it is given up, also in the middle of a frame', async () => {
    const film = new EvolutionFilm(studio, at('journal'), at('film.mp4'));
    await film.advance();
    const frame = film.advance().catch(() => null);
    await film.abort();
    await frame;
    expect(await readdir(folder)).toEqual(['journal']);
    await new EvolutionFilm(studio, at('journal'), at('film.mp4')).abort();
    expect(await readdir(folder)).toEqual(['journal']);
  });

  it('is refused where there is nothing to show', async () => {
    const film = new EvolutionFilm(studio, at('none'), at('film.mp4'));
    await expect(film.advance()).rejects.toThrow();
    await film.abort();
    expect(await readdir(folder)).toEqual(['journal']);
  });
});

import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Backlog } from '../../server/engine/backlog.ts';
import type { ToEngine } from '../../server/engine/messages.ts';

const minutes = (n: number) => vi.advanceTimersByTimeAsync(n * 60_000);
const pack = { name: 'test', sha256: 'a'.repeat(64), resolution: 32, numWs: 2, wDim: 3, noise: [2, 1] };
const picture = { width: 2, height: 2, data: new Uint8Array(12) };

let undrawn: string[];
let unfilmed: string[];
let sent: ToEngine[];
let drawn: string[];
let reported: string[];
let films: string;
let placed: string[];
let hasTime: boolean;
let isAway: boolean;
let isRefused: boolean;
let drawFace: (face: string) => Promise<typeof picture>;
let backlog: Backlog;

beforeEach(() => {
  vi.useFakeTimers();
  undrawn = [];
  unfilmed = [];
  sent = [];
  drawn = [];
  reported = [];
  placed = [];
  films = mkdtempSync(join(tmpdir(), 'familiar-'));
  hasTime = true;
  isAway = false;
  isRefused = false;
  drawFace = async () => picture;
  let ids = 10;
  backlog = new Backlog({
    chain: {
      undrawn: () => [...undrawn],
      draw: async (face) => {
        drawn.push(face);
        undrawn = undrawn.filter((other) => other !== face);
      },
      nextFilm: (_, except) => {
        const id = unfilmed.find((face) => !except.has(face));
        return id === undefined ? null : { id, from: `before ${id}`, journal: `${id}/journal`, video: join(films, id) };
      },
      filmed: async (face, video) => {
        if (isRefused) throw new Error('No room.');
        placed.push(video);
        unfilmed = unfilmed.filter((other) => other !== face);
      },
      report: (problem) => reported.push(problem),
    },
    pack: () => (isAway ? null : pack),
    isBecoming: () => !hasTime,
    newId: () => ids++,
    send: (message) => sent.push(message) > 0,
    drawFace: (face) => drawFace(face),
  });
});
afterEach(() => {
  backlog.close();
  vi.useRealTimers();
  rmSync(films, { recursive: true });
});

const begun = () => sent.flatMap((message) => (message.type === 'film' ? [basename(message.video)] : []));
const newest = () => {
  const film = sent.findLast((message) => message.type === 'film');
  if (film === undefined) throw new Error('no film was begun');
  return film;
};
const fails = (message: string) => backlog.hear({ type: 'failed', id: newest().id, code: 'DISK_FULL', message });
/** The engine has finished a film. */
const finishes = ({ id, video } = newest()) => {
  writeFileSync(video, 'film');
  backlog.hear({ type: 'filmed', id, video });
};

describe('what faces still lack', () => {
  it('is made when the engine is there: pictures at once, films one after the other, later', async () => {
    undrawn = ['a', 'b'];
    unfilmed = ['c', 'd'];
    backlog.begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(drawn).toEqual(['a', 'b']);
    expect(sent).toEqual([]);
    await minutes(1);
    expect(begun()).toEqual(['c']);
    finishes();
    await minutes(1);
    expect(begun()).toEqual(['c', 'd']);
    finishes();
    await minutes(60);
    expect(begun()).toHaveLength(2);
  });

  it('waits for the engine, pictures also while a face becomes', async () => {
    undrawn = ['a'];
    unfilmed = ['b'];
    isAway = true;
    backlog.begin();
    await minutes(1);
    expect([drawn, sent]).toEqual([[], []]);
    isAway = false;
    hasTime = false;
    backlog.begin();
    await minutes(1);
    // The engine draws its frames when it has time.
    expect([drawn, begun()]).toEqual([[], ['b']]);
    hasTime = true;
    backlog.later();
    await minutes(1);
    expect(drawn).toEqual(['a']);
  });

  it('is filmed without a pause, also while one visitor follows the other', async () => {
    unfilmed = ['a', 'b', 'c'];
    backlog.later();
    await minutes(1);
    hasTime = false;
    for (let i = 0; i < 3; i++) {
      finishes();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect([begun(), unfilmed]).toEqual([['a', 'b', 'c'], []]);
  });

  it('that a full disk refused is said, left for the others, and tried again after a while', async () => {
    unfilmed = ['a', 'b'];
    backlog.later();
    await minutes(1);
    fails('The disk is full.');
    await minutes(1);
    expect(begun()).toEqual(['a', 'b']);
    finishes();
    await minutes(5);
    expect(begun()).toHaveLength(2);
    await minutes(5);
    expect(begun()).toEqual(['a', 'b', 'a']);
    fails('The disk is full.');
    await minutes(11);
    expect(begun()).toHaveLength(4);
    expect(new Set(reported)).toEqual(new Set(['The disk is full.']));
  });

  it('is said in the same words each time, whatever names its film has while it is drawn', async () => {
    unfilmed = ['a'];
    backlog.later();
    const face = '000012-0123456789ab';
    for (const random of ['00c0ffee', 'deadbeef']) {
      await minutes(11);
      const partial = `/films/.${face}.${random}.${randomUUID()}.partial.mp4`;
      fails(`/films/${face}.${random}.mp4: the video could not be written (No room: ${partial}).`);
    }
    await minutes(11);
    const said = `/films/${face}.mp4: the video could not be written (No room: /films/${face}.mp4).`;
    expect(reported).toEqual([said, said]);
  });

  it('whose film the disk will not take into its place is said, and filmed again after a while', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    isRefused = true;
    finishes();
    await minutes(5);
    expect(begun()).toHaveLength(1);
    expect(reported).toEqual(['No room.']);
    isRefused = false;
    await minutes(6);
    finishes();
    await minutes(1);
    expect([begun(), unfilmed]).toEqual([['a', 'a'], []]);
  });

  it('and whose picture the disk refused gets it later too', async () => {
    undrawn = ['a', 'b'];
    let isFull = true;
    drawFace = async (face) => {
      if (isFull && face === 'a') throw new Error('No room.');
      return picture;
    };
    backlog.begin();
    await minutes(1);
    expect(drawn).toEqual(['b']);
    expect(reported).toEqual(['No room.']);
    isFull = false;
    await minutes(10);
    expect(drawn).toEqual(['b', 'a']);
  });

  it('is not tried again in this run where the engine was lost over it', async () => {
    unfilmed = ['a', 'b'];
    backlog.later();
    await minutes(1);
    backlog.lost();
    backlog.begin();
    await minutes(60);
    expect(begun()).toEqual(['a', 'b']);
  });

  it('is begun again where the engine was lost while a face became', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    hasTime = false;
    backlog.lost();
    backlog.begin();
    await minutes(1);
    expect(begun()).toEqual(['a', 'a']);
  });

  it('is left alone where it is about to be deleted', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    backlog.forget('b');
    expect(sent).toHaveLength(1);
    backlog.forget('a');
    expect(sent.at(-1)).toEqual({ type: 'stop', id: newest().id });
  });

  it('does not bring back, in the next one’s film, a face that is deleted', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    backlog.forget('before a');
    expect(sent.at(-1)).toEqual({ type: 'stop', id: newest().id });
    // The engine had finished it when it heard of that.
    finishes();
    expect(placed).toEqual([]);
    vi.useRealTimers();
    await expect.poll(() => readdirSync(films)).toEqual([]);
    expect(unfilmed).toEqual(['a']);
  });
});

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
let dropped: string[];
let hasTime: boolean;
let drawFace: (face: string) => Promise<typeof picture>;
let backlog: Backlog;

beforeEach(() => {
  vi.useFakeTimers();
  undrawn = [];
  unfilmed = [];
  sent = [];
  drawn = [];
  reported = [];
  dropped = [];
  hasTime = true;
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
        return id === undefined ? null : { id, from: `before ${id}`, journal: `${id}/journal`, video: `${id}/film` };
      },
      filmed: async (face) => {
        unfilmed = unfilmed.filter((other) => other !== face);
      },
      dropFilm: async (face) => {
        dropped.push(face);
      },
      report: (problem) => reported.push(problem),
    },
    pack: () => (hasTime ? pack : null),
    newId: () => ids++,
    send: (message) => sent.push(message) > 0,
    drawFace: (face) => drawFace(face),
  });
});
afterEach(() => {
  backlog.close();
  vi.useRealTimers();
});

const films = () => sent.flatMap((message) => (message.type === 'film' ? [message.video] : []));
const newest = () => {
  const film = sent.findLast((message) => message.type === 'film');
  if (film === undefined) throw new Error('no film was begun');
  return film.id;
};
const fails = (message: string) => backlog.hear({ type: 'failed', id: newest(), code: 'DISK_FULL', message });

describe('what faces still lack', () => {
  it('is made when the engine is there: pictures at once, films one after the other, later', async () => {
    undrawn = ['a', 'b'];
    unfilmed = ['c', 'd'];
    backlog.begin();
    await vi.advanceTimersByTimeAsync(0);
    expect(drawn).toEqual(['a', 'b']);
    expect(sent).toEqual([]);
    await minutes(1);
    expect(films()).toEqual(['c/film']);
    backlog.hear({ type: 'filmed', id: newest() });
    await minutes(1);
    expect(films()).toEqual(['c/film', 'd/film']);
    backlog.hear({ type: 'filmed', id: newest() });
    await minutes(60);
    expect(films()).toHaveLength(2);
  });

  it('waits while a face becomes', async () => {
    undrawn = ['a'];
    unfilmed = ['b'];
    hasTime = false;
    backlog.begin();
    await minutes(1);
    expect([drawn, sent]).toEqual([[], []]);
    hasTime = true;
    backlog.later();
    await minutes(1);
    expect(drawn).toEqual(['a']);
    expect(films()).toEqual(['b/film']);
  });

  it('gives way to the next visitor, and is begun anew', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    const first = newest();
    backlog.pause();
    expect(sent.at(-1)).toEqual({ type: 'stop', id: first });
    // The engine may say of the old one what it likes.
    backlog.hear({ type: 'filmed', id: first });
    backlog.later();
    await minutes(1);
    expect(films()).toEqual(['a/film', 'a/film']);
  });

  it('that a full disk refused is said, left for the others, and tried again after a while', async () => {
    unfilmed = ['a', 'b'];
    backlog.later();
    await minutes(1);
    fails('The disk is full.');
    await minutes(1);
    expect(films()).toEqual(['a/film', 'b/film']);
    backlog.hear({ type: 'filmed', id: newest() });
    await minutes(5);
    expect(films()).toHaveLength(2);
    await minutes(5);
    expect(films()).toEqual(['a/film', 'b/film', 'a/film']);
    fails('The disk is full.');
    await minutes(11);
    expect(films()).toHaveLength(4);
    expect(new Set(reported)).toEqual(new Set(['The disk is full.']));
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
    expect(films()).toEqual(['a/film', 'b/film']);
  });

  it('is left alone where it is about to be deleted', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    backlog.forget('b');
    expect(sent).toHaveLength(1);
    backlog.forget('a');
    expect(sent.at(-1)).toEqual({ type: 'stop', id: newest() });
  });

  it('does not bring back, in the next one’s film, a face that is deleted', async () => {
    unfilmed = ['a'];
    backlog.later();
    await minutes(1);
    backlog.forget('before a');
    expect(sent.at(-1)).toEqual({ type: 'stop', id: newest() });
    // The engine had finished it when it heard of that.
    backlog.hear({ type: 'filmed', id: newest() });
    expect(dropped).toEqual(['a']);
    expect(unfilmed).toEqual(['a']);
  });
});

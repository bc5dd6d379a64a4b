import { beforeEach, describe, expect, it } from 'vitest';
import { FamiliarError } from '../../server/errors.ts';
import type { Sender } from '../../server/installation/machine-types.ts';
import { Installation, type Moment } from '../../server/installation/runner.ts';
import { FakeCamera, FakeChain, FakeClock, FakeEngine, FakePortraits, FakeStream, settle } from './fakes.ts';
import { settings } from './settings.ts';

const tablet: Sender = { source: 'visitor', client: 'tablet-1' };
const photograph = { bytes: Uint8Array.of(1, 2, 3), at: 5 };

let clock: FakeClock;
let camera: FakeCamera;
let portraits: FakePortraits;
let engine: FakeEngine;
let chain: FakeChain;
let stream: FakeStream;
let live: { pace: number; attractPace: number; freeze: boolean };
let logged: string[];
let counted: number[];
let moments: Moment[];
let installation: Installation;

const build = () =>
  new Installation(
    {
      camera,
      portraits,
      engine,
      chain,
      stream,
      clock,
      live: () => live,
      consentWords: (language, beside) => ({ language, text: `consent in ${language}${beside ? ', beside' : ''}` }),
      count: (visitors) => counted.push(visitors),
      log: (_level, message) => logged.push(message),
      attractFaces: 10,
      fps: 30,
    },
    settings,
    6,
  );

beforeEach(() => {
  clock = new FakeClock();
  camera = new FakeCamera();
  portraits = new FakePortraits();
  engine = new FakeEngine();
  chain = new FakeChain();
  stream = new FakeStream();
  live = { pace: 20, attractPace: 8, freeze: false };
  logged = [];
  counted = [];
  moments = [];
  installation = build();
  installation.onMoment((moment) => moments.push(moment));
  installation.start();
});

/** From attract to review, with the still asked for. */
async function toReview(): Promise<void> {
  for (const command of ['begin', 'consent', 'capture'] as const) {
    installation.command(command, tablet, command === 'consent' ? { language: 'de' } : {});
  }
  await clock.advance(3);
}

async function toBecoming(): Promise<void> {
  await toReview();
  camera.asked.at(-1)?.give(photograph);
  await settle();
  installation.command('keep', tablet);
  await settle();
}

/** An engine of ten steps a second, for so many seconds. */
async function work(seconds: number, from: number, total: number): Promise<void> {
  for (let i = 0; i < seconds * 10; i++) {
    const step = from + i;
    if (step <= total) engine.becomings.at(-1)?.make(step, step / total);
    if (step === total) engine.becomings.at(-1)?.end();
    await clock.advance(0.1);
  }
}

describe('the installation', () => {
  it('leads a visitor all the way, and forgets the portrait', async () => {
    await toReview();
    expect(camera.previewFor).toBe('tablet-1');
    expect(camera.asked).toHaveLength(1);
    camera.asked[0].give(photograph);
    await settle();
    const token = installation.state.visit?.portrait ?? '';
    expect(installation.portrait(token)).toEqual(photograph.bytes);
    installation.command('keep', tablet);
    await settle();
    expect(counted).toEqual([7]);
    expect(engine.becomings[0].order).toMatchObject({
      visitor: 7,
      seconds: expect.closeTo(18.4),
      photograph,
      consent: { how: 'tablet', language: 'de', text: 'consent in de' },
    });
    expect(moments).toContainEqual({ type: 'handover', visitor: 7 });
    await work(20.5, 0, 184);
    expect(installation.state.name).toBe('arrived');
    expect(stream.last).toMatchObject({ kind: 'face', visitor: 7, image: { data: expect.anything() } });
    expect(stream.last?.image.data[0]).toBe(184);
    expect(engine.becomings[0].ended).toBe('finished');
    expect(installation.curve.length).toBeGreaterThan(50);
    expect(installation.portrait(token)).not.toBeNull();
    await clock.advance(16);
    expect(installation.state.name).toBe('attract');
    expect(installation.portrait(token)).toBeNull();
    await installation.stop();
  });

  it('shows the first changed picture well under a second after “keep”', async () => {
    await toBecoming();
    const before = stream.shown.length;
    engine.becomings[0].make(0, 0);
    engine.becomings[0].make(1, 0.01);
    await clock.advance(0.1);
    const faces = stream.shown.slice(before);
    expect(faces.at(-1)?.image.data[0]).toBe(1);
    expect(faces.every(({ kind }) => kind === 'face')).toBe(true);
  });

  it('says why there was no portrait, and lets the visitor try again', async () => {
    await toReview();
    portraits.refuse = new FamiliarError('FACE_NO_FACE', 'No face was found.');
    camera.asked[0].give(photograph);
    await settle();
    expect(installation.state).toMatchObject({
      name: 'framing',
      visit: { problem: { code: 'no-face', message: 'No face was found.' } },
    });
  });

  it('keeps no portrait of somebody who left while it was being taken', async () => {
    await toReview();
    installation.command('leave', tablet);
    expect(camera.asked[0].signal.aborted).toBe(true);
    camera.asked[0].give(photograph);
    await settle();
    expect(installation.state.visit).toBeNull();
    await toReview();
    expect(installation.state.visit?.portrait).toBeNull();
  });

  it('leaves no trace of somebody who leaves before or during the becoming', async () => {
    let letGo = () => {};
    engine.hold = new Promise((resolve) => {
      letGo = resolve;
    });
    await toBecoming();
    installation.command('leave', tablet);
    letGo();
    await settle();
    expect(engine.becomings[0].ended).toBe('abandoned');
    engine.hold = null;
    await toBecoming();
    await work(3, 0, 184);
    installation.command('leave', tablet);
    await settle();
    expect(engine.becomings[1].ended).toBe('abandoned');
    const count = stream.shown.filter(({ kind }) => kind === 'face').length;
    await clock.advance(5);
    expect(stream.shown.filter(({ kind }) => kind === 'face')).toHaveLength(count);
  });

  it('takes what there is when it is skipped', async () => {
    await toBecoming();
    await work(5, 0, 184);
    installation.command('skip', { source: 'osc', client: null });
    await settle();
    expect(installation.state.name).toBe('arrived');
    expect(engine.becomings[0].ended).toBe('finished');
    expect(stream.last?.image.data[0]).toBe(49);
  });

  it('keeps the face as far as it came when the engine cannot go on', async () => {
    await toBecoming();
    await work(5, 0, 184);
    engine.becomings[0].end(new FamiliarError('ENGINE_GONE', 'The engine is gone.'));
    await settle();
    expect(installation.state.name).toBe('arrived');
    expect(engine.becomings[0].ended).toBe('finished');
    expect(logged.join()).toContain('The engine is gone.');
  });

  it('goes on with the same face after the engine was away', async () => {
    await toBecoming();
    await work(5, 0, 184);
    engine.fall('trouble');
    await clock.advance(40);
    expect(installation.state.name).toBe('becoming');
    engine.fall('good');
    await work(15, 50, 184);
    expect(installation.state.name).toBe('arrived');
    expect(stream.last?.image.data[0]).toBe(184);
  });

  it('is not given up over a long way between two steps of a slow engine, only over one that makes none', async () => {
    live.pace = 600;
    await toBecoming();
    const [becoming] = engine.becomings;
    const steps = 55;
    for (let step = 0; step <= steps; step++) {
      becoming.make(step, step / steps, Math.round(255 * (step / steps)));
      await clock.advance(10);
      expect(installation.state.name).toBe('becoming');
    }
    becoming.end();
    await clock.advance(39);
    expect(installation.state.name).toBe('becoming');
    await clock.advance(3);
    expect(installation.state.name).toBe('arrived');

    installation.command('attract', tablet);
    await toBecoming();
    for (const step of [0, 1]) engine.becomings[1].make(step, step / steps, 60 * step);
    let waited = 0;
    for (; installation.state.name === 'becoming'; waited += 10) await clock.advance(10);
    // What there is lasts for a while; then for two minutes nothing comes.
    expect(waited).toBeGreaterThan(120);
    expect(waited).toBeLessThan(200);
  });

  it('stands still while frozen', async () => {
    await toBecoming();
    await work(5, 0, 184);
    live.freeze = true;
    installation.freezeChanged();
    const count = stream.shown.length;
    await work(30, 50, 184);
    expect(stream.shown).toHaveLength(count);
    live.freeze = false;
    installation.freezeChanged();
    await clock.advance(14);
    expect(installation.state.name).toBe('becoming');
    await clock.advance(2);
    expect(installation.state.name).toBe('arrived');
  });

  it.each([false, true])(
    'goes on from where the engine is when the face it grows out of is deleted, frozen: %s',
    async (freeze) => {
      await toBecoming();
      engine.becomings[0].from = 'old-1';
      // An engine far ahead of the wall.
      for (let step = 0; step <= 100; step++) engine.becomings[0].make(step, step / 184);
      await clock.advance(1);
      expect(stream.last?.image.data[0]).toBeLessThan(50);
      live.freeze = freeze;
      installation.freezeChanged();
      await clock.advance(1);
      installation.forgotten('another');
      expect(stream.last?.image.data[0]).toBeLessThan(50);
      const count = stream.shown.length;
      installation.forgotten('old-1');
      expect(stream.shown).toHaveLength(count + 1);
      expect(stream.newest?.image.data[0]).toBe(100);
      await clock.advance(5);
      expect(stream.shown.slice(count).every(({ image }) => image.data[0] >= 100)).toBe(true);
      expect(installation.state.name).toBe('becoming');
    },
  );

  it('takes as long as it should when the computer’s clock is set, and writes down when it really was', async () => {
    await toReview();
    clock.set = 30 * 24 * 3_600_000;
    camera.asked.at(-1)?.give(photograph);
    await settle();
    installation.command('keep', tablet);
    await settle();
    const { at } = engine.becomings[0].order.consent;
    expect(at).toBe(clock.date() - 3_000);
    await work(20.5, 0, 184);
    expect(installation.state.name).toBe('arrived');
  });

  it('tells the engine of a pace that was set while it began', async () => {
    await toReview();
    camera.asked.at(-1)?.give(photograph);
    await settle();
    installation.command('keep', tablet);
    live.pace = 100;
    installation.paceChanged();
    await settle();
    expect(engine.becomings[0].seconds).toBeCloseTo(92);
  });

  it('follows a new pace at once', async () => {
    await toBecoming();
    await work(5, 0, 184);
    live.pace = 5;
    installation.paceChanged();
    expect(engine.becomings[0].seconds).toBeCloseTo(4.6);
    for (let step = 50; step <= 184; step++) engine.becomings[0].make(step, step / 184);
    await clock.advance(4);
    expect(installation.state.name).toBe('arrived');
  });

  it('draws a face that is frozen in mid-becoming again when sliders move, and what waits behind it', async () => {
    await toBecoming();
    // An engine far ahead of the wall.
    await work(5, 0, 184);
    const [becoming] = engine.becomings;
    for (let step = 50; step <= 100; step++) becoming.make(step, step / 184);
    await clock.advance(0.1);
    live.freeze = true;
    installation.freezeChanged();
    await clock.advance(1);
    const shown = stream.last?.image.data[0] as number;
    expect(shown).toBeLessThan(100);
    const count = stream.shown.length;
    installation.directionsChanged();
    await settle();
    expect(becoming.redrawn).toEqual([shown]);
    expect(stream.shown).toHaveLength(count + 1);
    expect(stream.last).toMatchObject({ kind: 'face', image: { data: { 0: 250 } } });
    // Nothing moves but the bend.
    await clock.advance(5);
    expect(stream.shown).toHaveLength(count + 1);
    live.freeze = false;
    installation.freezeChanged();
    await clock.advance(2);
    const after = stream.shown.slice(count);
    expect(after.length).toBeGreaterThan(3);
    expect(after.every(({ image }) => image.data[0] === 250)).toBe(true);
    // Steps that the engine draws from now on are bent already.
    await work(14, 101, 184);
    expect(stream.shown.some(({ image }) => image.data[0] > 150 && image.data[0] < 185)).toBe(true);
    expect(Math.max(...becoming.redrawn)).toBeLessThan(105);
  });

  it('draws the finished face anew once it is kept, only where sliders moved after its steps were drawn', async () => {
    const become = async (bends: boolean) => {
      await toBecoming();
      await work(19, 0, 184);
      if (bends) installation.directionsChanged();
      engine.rendered = [];
      await clock.advance(2);
      expect(installation.state.name).toBe('arrived');
      return engine.rendered;
    };
    expect(await become(false)).toEqual([]);
    installation.command('attract', tablet);
    expect(await become(true)).toEqual([[{ source: { kind: 'face', id: 'face-2' }, share: 1 }]]);
  });

  it('draws the finished face anew also where a slider moved while it was being kept', async () => {
    await toBecoming();
    const [becoming] = engine.becomings;
    let keep = () => {};
    becoming.finish = () =>
      new Promise((resolve) => {
        keep = resolve;
      });
    await work(22, 0, 184);
    expect(installation.state.name).toBe('arrived');
    engine.foreign.add(becoming.face);
    installation.directionsChanged();
    await settle();
    engine.foreign.clear();
    engine.rendered = [];
    keep();
    await settle();
    expect(engine.rendered).toEqual([[{ source: { kind: 'face', id: becoming.face }, share: 1 }]]);
  });

  it('looks at previews one at a time, only while somebody is framing themselves', async () => {
    const preview = { bytes: photograph.bytes, encoding: 'jpeg' as const, width: 4, height: 4, at: 1 };
    camera.previews.tell(preview);
    expect(portraits.observed).toBe(0);
    installation.command('begin', tablet);
    installation.command('consent', tablet);
    camera.previews.tell(preview);
    camera.previews.tell(preview);
    await settle();
    expect(portraits.observed).toBe(1);
    expect(installation.state.visit?.hints).toEqual(['ready']);
  });

  it('keeps the words that were shown, whatever is switched on meanwhile', async () => {
    installation.command('begin', tablet);
    installation.settingsChanged({ ...settings, portraitBeside: true });
    await toBecoming();
    expect(engine.becomings[0].order.consent.text).toBe('consent in de');
    installation.command('leave', tablet);
    await toBecoming();
    expect(engine.becomings[1].order.consent.text).toBe('consent in de, beside');
  });

  it.each(['becoming', 'arrived'])(
    'lets go of the face in hand at once when it is deleted in the state %s',
    async (name) => {
      await toBecoming();
      await work(5, 0, 184);
      if (name === 'arrived') installation.command('skip', { source: 'osc', client: null });
      await settle();
      expect(installation.state.name).toBe(name);
      const { face, portrait } = installation.state.visit ?? {};
      if (name === 'arrived') chain.faces = [{ id: face ?? '', visitor: 7, at: 1, likeness: 0.5 }];
      expect(installation.portrait(portrait ?? '')).not.toBeNull();
      await chain.forget(face ?? '');
      const count = stream.shown.length;
      engine.rendered = [];
      installation.forgotten(face ?? '');
      // Before anything else can be drawn: a display that comes now gets nothing of it.
      expect(stream.newest).toBeUndefined();
      expect(installation.state).toMatchObject({ name: 'attract', visit: null, farewell: null });
      expect(installation.portrait(portrait ?? '')).toBeNull();
      expect(logged.at(-1)).toBe('Face 7 was deleted: the visit has ended.');
      await clock.advance(0.1);
      // Dissolved into, without a jump: the face the next visitor grows out of.
      expect(engine.rendered[0]).toEqual([{ source: { kind: 'start' }, share: 1 }]);
      expect(stream.shown[count]).toMatchObject({ kind: 'nobody', blend: 1_200 });
      await work(30, 50, 184);
      expect(stream.shown.slice(count).filter(({ kind }) => kind === 'face')).toEqual([]);
      expect(JSON.stringify(engine.rendered)).not.toContain(face);
      expect(logged.join()).not.toMatch(name === 'becoming' ? /has arrived|broke off/ : /broke off/);
    },
  );

  it('goes on with a becoming while a face before it is deleted', async () => {
    chain.add(1);
    await clock.advance(3);
    await toBecoming();
    await work(5, 0, 184);
    await chain.forget('old-1');
    installation.forgotten('old-1');
    expect(installation.state.name).toBe('becoming');
    expect(stream.newest?.kind).toBe('face');
    await work(15.5, 50, 184);
    expect(installation.state.name).toBe('arrived');
  });

  it('becomes a photograph from the folder when nobody is there', async () => {
    camera.waits.tell(true);
    camera.asked[0].give(photograph);
    camera.waits.tell(false);
    await settle();
    expect(installation.state.name).toBe('becoming');
    expect(engine.becomings[0].order.consent).toMatchObject({ how: 'rehearsal', language: null, text: '' });
  });

  it('leaves photographs in the folder while the engine is starting, and lets a visitor begin', async () => {
    await installation.stop();
    camera.waiting = true;
    engine.fall('starting');
    installation = build();
    installation.start();
    camera.waits.tell(true);
    engine.fall('starting');
    await clock.advance(60);
    expect(installation.state).toMatchObject({ name: 'attract', visitors: 6 });
    expect(camera.asked).toHaveLength(0);
    expect(installation.command('begin', tablet)).toEqual({ status: 'done' });
    installation.command('leave', tablet);
    engine.fall('good');
    expect(installation.state.name).toBe('review');
    expect(camera.asked).toHaveLength(1);
  });

  it('tells the camera when a photograph has been used: a face grows from it, it was refused, or nobody wants it', async () => {
    let used = 0;
    const file = { ...photograph, used: () => void used++ };
    await toReview();
    camera.asked[0].give(file);
    await settle();
    expect(used).toBe(0);
    installation.command('keep', tablet);
    await settle();
    expect(used).toBe(1);
    installation.command('leave', tablet);

    used = 0;
    portraits.refuse = new FamiliarError('DETECTOR_GONE', 'The face detector has stopped.');
    await toReview();
    camera.asked[1].give(file);
    await settle();
    expect(used).toBe(1);
    portraits.refuse = null;
    installation.command('capture', tablet);
    await clock.advance(3);
    camera.asked[2].give(file);
    await settle();
    expect(used).toBe(1);
    await installation.stop();
    expect(used).toBe(2);
  });

  it('lets the photograph of a rehearsal wait for the next start where something failed, not where it was refused', async () => {
    let used = 0;
    const rehearse = async () => {
      camera.waits.tell(true);
      camera.asked.at(-1)?.give({ ...photograph, used: () => void used++ });
      camera.waits.tell(false);
      await settle();
    };
    portraits.refuse = new FamiliarError('DETECTOR_GONE', 'The face detector has stopped.');
    await rehearse();
    portraits.refuse = null;
    engine.hold = Promise.reject(new FamiliarError('DISK_FULL', 'The disk is full.'));
    await rehearse();
    expect(installation.state.name).toBe('attract');
    expect(used).toBe(0);
    portraits.refuse = new FamiliarError('FACE_NO_FACE', 'No face was found.');
    await rehearse();
    expect(used).toBe(1);
    portraits.refuse = null;
    engine.hold = new Promise(() => {});
    await rehearse();
    await installation.stop();
    expect(used).toBe(1);
  });

  it('stops with nothing left running, keeping a becoming in hand', async () => {
    await toBecoming();
    await work(2, 0, 184);
    await installation.stop();
    expect(engine.becomings[0].ended).toBe('finished');
    await clock.advance(2);
    expect(clock.pending).toBe(0);
    expect(camera.healths.size + camera.previews.size + engine.healths.size).toBe(0);
  });
});

describe('the wall when nobody is there', () => {
  it('walks through faces of nobody where the chain is empty', async () => {
    await clock.advance(10);
    expect(stream.shown.length).toBeGreaterThan(50);
    expect(stream.shown.every(({ kind, visitor }) => kind === 'nobody' && visitor === 0)).toBe(true);
  });

  it('walks through the chain and says when it has come round', async () => {
    for (const visitor of [1, 2, 3]) chain.add(visitor);
    await clock.advance(20);
    stream.shown = [];
    await clock.advance(40);
    const visitors = stream.shown.map(({ visitor }) => visitor);
    expect(new Set(visitors)).toEqual(new Set([1, 2, 3]));
    expect(moments.filter(({ type }) => type === 'loop-end').length).toBeGreaterThan(0);
    for (const mix of engine.rendered) expect(mix.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  });

  it('shows stills while the engine is away, and walks again when it is back', async () => {
    chain.add(1);
    engine.fall('trouble');
    await clock.advance(30);
    expect(stream.last?.image.data[0]).toBe(99);
    engine.fall('good');
    const count = stream.shown.length;
    await clock.advance(15);
    expect(stream.shown.length).toBeGreaterThan(count + 20);
    // The picture after a still is dissolved into: the walk does not begin where the still is.
    expect(stream.shown[count].blend).toBeGreaterThan(1_000);
  });

  it('shows the faces of another pack by their pictures, each under its number and for its time', async () => {
    for (const visitor of [1, 2, 3]) chain.add(visitor);
    for (const { id } of chain.faces) engine.foreign.add(id);
    await clock.advance(20);
    stream.shown = [];
    moments.length = 0;
    await clock.advance(60);
    expect(stream.shown.every(({ image }) => image.data[0] === 99)).toBe(true);
    const visitors = stream.shown.map(({ visitor }) => visitor);
    for (let i = 1; i < visitors.length; i++) expect(visitors[i]).toBe((visitors[i - 1] % 3) + 1);
    expect(stream.shown.length).toBeLessThan(10);
    expect(moments.filter(({ type }) => type === 'loop-end').length).toBeLessThan(4);
  });

  it('turns to the face the next visitor grows out of when somebody comes', async () => {
    chain.add(1);
    await clock.advance(11);
    installation.command('begin', tablet);
    await clock.advance(4);
    expect(engine.rendered.at(-1)).toEqual([{ source: { kind: 'start' }, share: 1 }]);
    const count = stream.shown.length;
    await clock.advance(4);
    expect(stream.shown).toHaveLength(count);
    installation.directionsChanged();
    await settle();
    expect(stream.shown).toHaveLength(count + 1);
  });

  it('turns to it under its own number, also where newer faces are of another pack, and under none where it is nobody', async () => {
    for (const visitor of [1, 2]) chain.add(visitor);
    engine.foreign.add('old-2');
    for (const { startFace, ...named } of [
      { startFace: 'old-1', kind: 'chain', visitor: 1, likeness: 0.7 },
      { startFace: null, kind: 'nobody', visitor: 0, likeness: null },
    ]) {
      engine.startFace = startFace;
      installation.command('begin', tablet);
      await clock.advance(4);
      expect(stream.last).toMatchObject(named);
      installation.command('leave', tablet);
    }
  });

  it('goes on to the next face when skipped, and holds when frozen', async () => {
    for (const visitor of [1, 2, 3]) chain.add(visitor);
    await clock.advance(1);
    installation.command('skip', { source: 'curator', client: null });
    await clock.advance(5);
    expect(stream.shown.at(-1)?.visitor).toBe(2);
    live.freeze = true;
    installation.freezeChanged();
    await clock.advance(0.5);
    const count = stream.shown.length;
    await clock.advance(60);
    expect(stream.shown).toHaveLength(count);
  });

  it('shows a first picture even when it is frozen before the engine is ready', async () => {
    await installation.stop();
    stream.shown = [];
    engine.fall('starting');
    live.freeze = true;
    installation = build();
    installation.start();
    await clock.advance(5);
    expect(stream.shown).toHaveLength(0);
    engine.fall('good');
    await clock.advance(60);
    expect(stream.shown).toHaveLength(1);
  });

  it('lets go of a face that was deleted', async () => {
    chain.add(1);
    await clock.advance(7);
    await chain.forget('old-1');
    installation.forgotten('old-1');
    const count = engine.rendered.length;
    await clock.advance(20);
    const later = engine.rendered.slice(count + 1);
    expect(JSON.stringify(later)).not.toContain('old-1');
  });

  it('dissolves away at once from a face that is deleted while it stands there frozen', async () => {
    chain.add(1);
    await clock.advance(14);
    live.freeze = true;
    installation.freezeChanged();
    await clock.advance(5);
    await chain.forget('old-1');
    const count = stream.shown.length;
    installation.forgotten('old-1');
    expect(stream.newest).toBeUndefined();
    await clock.advance(5);
    expect(stream.shown).toHaveLength(count + 1);
    expect(stream.newest).toMatchObject({ kind: 'nobody', blend: 1_200 });
  });

  it.each(['becoming', 'arrived'])(
    'dissolves away from a face that is deleted while it stands frozen, %s',
    async (state) => {
      await toBecoming();
      await work(state === 'arrived' ? 30 : 5, 0, 184);
      expect(installation.state.name).toBe(state);
      live.freeze = true;
      installation.freezeChanged();
      await clock.advance(2);
      installation.forgotten(engine.becomings[0].face);
      await clock.advance(5);
      expect(installation.state.name).toBe('attract');
      expect(stream.newest).toMatchObject({ kind: 'nobody', blend: 1_200 });
      const count = stream.shown.length;
      await clock.advance(60);
      expect(stream.shown).toHaveLength(count);
    },
  );

  it('does not move while frozen, whoever steps up or leaves', async () => {
    chain.add(1);
    await clock.advance(14);
    live.freeze = true;
    installation.freezeChanged();
    await clock.advance(2);
    const count = stream.shown.length;
    installation.command('begin', tablet);
    await clock.advance(5);
    installation.command('leave', tablet);
    await clock.advance(20);
    expect(installation.state.name).toBe('attract');
    expect(stream.shown).toHaveLength(count);
  });
});

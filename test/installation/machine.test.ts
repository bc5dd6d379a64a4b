import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadlineOf, isCaptureNext, wakeTime } from '../../server/installation/deadlines.ts';
import { advance, initialState } from '../../server/installation/machine.ts';
import type {
  Advance,
  Effect,
  MachineEvent,
  MachineState,
  Sender,
  Settings,
  VisitCommand,
} from '../../server/installation/machine-types.ts';
import type { StateName } from '../../server/protocol/states.ts';
import { settings } from './settings.ts';

const ana: Sender = { source: 'visitor', client: 'tablet-ana' };
const ben: Sender = { source: 'visitor', client: 'tablet-ben' };
const curator: Sender = { source: 'curator', client: null };

/** Plays events one after the other, keeping what came out. */
class Play {
  state: MachineState;
  now = 1_000_000;
  effects: Effect[] = [];
  last: Advance | null = null;

  constructor(own: Partial<Settings> = {}) {
    this.state = initialState({ ...settings, ...own }, 41, this.now);
    this.event({ type: 'camera', works: true });
    this.event({ type: 'engine', works: true });
  }

  event(event: MachineEvent): this {
    this.last = advance(this.state, event, this.now);
    this.state = this.last.state;
    this.effects.push(...this.last.effects);
    return this;
  }

  command(command: VisitCommand, by: Sender = ana, ticket?: number): this {
    return this.event({ type: 'command', command, by, ticket });
  }

  wait(seconds: number): this {
    this.now += seconds * 1_000;
    return this.event({ type: 'time' });
  }

  portrait(token = 'p1'): this {
    return this.event({ type: 'portrait', epoch: this.state.epoch, token });
  }

  begun(): this {
    return this.event({ type: 'begun', epoch: this.state.epoch, face: 'f1', receipt: 'r1' });
  }

  step(step: number): this {
    const progress = { step, steps: 100, done: step / 100, secondsLeft: 1, likeness: 0.5, loss: 0.5 };
    return this.event({ type: 'progress', epoch: this.state.epoch, progress });
  }

  toBecoming(): this {
    return this.command('begin').command('consent').command('capture').wait(3).portrait().command('keep');
  }

  /** Effects since the last call. */
  take(): Effect[] {
    const effects = this.effects;
    this.effects = [];
    return effects;
  }
}

describe('a visit', () => {
  it('goes from attract to attract', () => {
    const play = new Play();
    play.take();
    play.command('begin');
    expect(play.state.name).toBe('greet');
    expect(play.take()).toEqual([{ type: 'show', scene: 'start' }]);
    play.command('consent');
    expect(play.state.name).toBe('framing');
    expect(play.take()).toEqual([{ type: 'preview', wanted: true, client: 'tablet-ana' }]);
    play.command('capture');
    expect(play.last?.answer).toEqual({ status: 'accepted' });
    expect(deadlineOf(play.state)).toBe(play.now + 3_000);
    play.wait(3);
    expect(play.state.name).toBe('review');
    const epoch = play.state.epoch;
    expect(play.take()).toEqual([{ type: 'take-portrait', epoch, client: 'tablet-ana' }]);
    expect(play.command('keep').last?.answer).toMatchObject({ status: 'refused', code: 'wrong-state' });
    play.portrait('p1').command('keep');
    expect(play.state).toMatchObject({ name: 'becoming', visitors: 42, visit: { visitor: 42 } });
    expect(play.take()).toMatchObject([
      { type: 'preview', wanted: false },
      { type: 'show', scene: 'becoming' },
      { type: 'count', visitors: 42 },
      { type: 'become', epoch: play.state.epoch, visitor: 42, portrait: 'p1', rehearsal: false },
      { type: 'log', message: 'Face 42 begins to become.' },
    ]);
    play.begun().step(7);
    const becoming = play.state.epoch;
    play.event({ type: 'became', epoch: becoming });
    expect(play.state.name).toBe('arrived');
    expect(play.take()).toEqual([
      { type: 'end-becoming', epoch: becoming, keep: true },
      { type: 'show', scene: 'arrived' },
      { type: 'log', message: expect.stringMatching(/^Face 42 has arrived, likeness \d+ %\.$/) },
    ]);
    play.wait(15);
    expect(play.state).toMatchObject({
      name: 'attract',
      visit: null,
      farewell: { client: 'tablet-ana', receipt: 'r1' },
    });
    expect(play.take()).toEqual([
      { type: 'drop-portrait', token: 'p1' },
      { type: 'show', scene: 'attract' },
    ]);
    expect(wakeTime(play.state)).toBe(play.now + 40_000);
    expect(play.wait(40).state.farewell).toBeNull();
  });

  it('belongs to the tablet that began it', () => {
    const play = new Play().command('begin');
    expect(play.command('consent', ben).last?.answer).toMatchObject({ status: 'refused', code: 'not-your-visit' });
    expect(play.command('leave', ben).state.name).toBe('greet');
    expect(play.command('attract', curator).state.name).toBe('attract');
  });

  it('shows the photograph beside the face where its beginning said so', () => {
    const switched = (portraitBeside: boolean) =>
      ({ type: 'settings', settings: { ...settings, portraitBeside } }) as const;
    const play = new Play().command('begin').event(switched(true)).command('consent');
    expect(play.state.visit?.beside).toBe(false);
    play.command('leave').command('begin').event(switched(false)).command('consent');
    expect(play.state.visit?.beside).toBe(true);
    play.command('capture').wait(3).portrait().command('keep');
    expect(play.effects).toContainEqual(expect.objectContaining({ type: 'become', beside: true }));
  });

  it('that OSC began belongs to the tablet that consents', () => {
    const play = new Play().command('begin', { source: 'osc', client: null }).command('consent', ben);
    expect(play.state).toMatchObject({ name: 'framing', visit: { owner: 'tablet-ben' } });
  });

  it('does not begin when closed, or when camera or engine are away', () => {
    expect(new Play({ accepting: false }).command('begin').last?.answer).toMatchObject({ code: 'closed' });
    const play = new Play().event({ type: 'engine', works: false });
    expect(play.command('begin').last?.answer).toMatchObject({ code: 'engine-unavailable' });
    play.event({ type: 'camera', works: false });
    expect(play.command('begin').last?.answer).toMatchObject({ code: 'camera-unavailable' });
  });

  it('takes the portrait again, and drops the first', () => {
    const play = new Play().command('begin').command('consent').command('capture').wait(3).portrait('p1');
    play.take();
    play.command('again');
    expect(play.state.name).toBe('framing');
    expect(play.take()).toEqual([{ type: 'drop-portrait', token: 'p1' }]);
  });

  it('goes back to framing, with the reason, when there is no face or the camera stops', () => {
    const play = new Play().command('begin').command('consent').command('capture').wait(3);
    play.event({ type: 'no-portrait', epoch: play.state.epoch, code: 'no-face', message: 'No face was found.' });
    expect(play.state).toMatchObject({ name: 'framing', visit: { problem: { code: 'no-face' } } });
    play.command('capture').event({ type: 'camera', works: false });
    expect(play.state).toMatchObject({ name: 'framing', visit: { problem: { code: 'camera-unavailable' } } });
    expect(play.command('capture').last?.answer).toMatchObject({ code: 'camera-unavailable' });
  });

  it('starts the countdown by itself when it may', () => {
    const play = new Play({ autoCapture: 1.5 }).command('begin').command('consent');
    const observe = (...hints: ('ready' | 'closer')[]) =>
      play.event({ type: 'observed', epoch: play.state.epoch, hints, faceBox: null });
    observe('ready');
    play.wait(1);
    observe('closer');
    play.wait(1);
    observe('ready');
    expect(isCaptureNext(play.wait(1.4).state)).toBe(true);
    expect(play.state.name).toBe('framing');
    play.wait(0.1);
    expect(play.state.name).toBe('countdown');
    expect(isCaptureNext(play.state)).toBe(false);
  });

  it('takes no portrait by itself of what the camera saw before it failed, nor instead of an end that comes first', () => {
    const play = new Play({ autoCapture: 1.5 }).command('begin').command('consent');
    const observe = () => play.event({ type: 'observed', epoch: play.state.epoch, hints: ['ready'], faceBox: null });
    observe().event({ type: 'camera', works: false }).wait(3).event({ type: 'camera', works: true }).wait(3);
    expect(play.state.name).toBe('framing');
    play.wait(settings.framing - 7);
    expect(isCaptureNext(observe().state)).toBe(false);
    expect(play.wait(1).state.name).toBe('attract');
  });

  it('that is left during the becoming leaves no trace; one that is skipped is kept', () => {
    const left = new Play().toBecoming().step(9);
    left.take();
    left.command('leave');
    expect(left.take()).toContainEqual({ type: 'end-becoming', epoch: left.state.epoch - 1, keep: false });
    const skipped = new Play().toBecoming().step(9);
    skipped.take();
    skipped.command('skip', curator);
    expect(skipped.state.name).toBe('arrived');
    expect(skipped.take()).toContainEqual({ type: 'end-becoming', epoch: skipped.state.epoch - 1, keep: true });
  });

  it('outlives an engine that is away for a while, and ends when it stays away', () => {
    const play = new Play().toBecoming().step(3).event({ type: 'engine', works: false }).wait(100).step(4).wait(100);
    expect(play.state.name).toBe('becoming');
    expect(play.wait(20).state.name).toBe('arrived');
    expect(new Play().toBecoming().wait(120).state.name).toBe('attract');
  });

  it('stands still while frozen, and gets its time back', () => {
    const play = new Play().toBecoming().step(3).event({ type: 'became', epoch: 0 });
    play.event({ type: 'became', epoch: play.state.epoch }).wait(10).event({ type: 'freeze', on: true });
    expect(wakeTime(play.state)).toBeNull();
    play.wait(1_000).event({ type: 'freeze', on: false }).wait(4);
    expect(play.state.name).toBe('arrived');
    expect(play.wait(1).state.name).toBe('attract');
  });

  it('is not touched by what comes back for a state already left', () => {
    const play = new Play().command('begin').command('consent').command('capture').wait(3);
    const { epoch } = play.state;
    play.command('leave').command('begin').command('consent').command('capture').wait(3);
    play.take();
    const before = play.state;
    play.event({ type: 'portrait', epoch, token: 'late' });
    expect(play.state).toBe(before);
    expect(play.take()).toEqual([{ type: 'drop-portrait', token: 'late' }]);
  });
});

describe('a face that is deleted', () => {
  const ways: Record<StateName, (play: Play) => Play> = {
    attract: (play) => play,
    greet: (play) => play.command('begin'),
    framing: (play) => play.command('begin').command('consent'),
    countdown: (play) => play.command('begin').command('consent').command('capture'),
    review: (play) => play.command('begin').command('consent').command('capture').wait(3).portrait(),
    becoming: (play) => play.toBecoming().begun().step(9),
    arrived: (play) => play.toBecoming().begun().step(9).event({ type: 'became', epoch: play.state.epoch }),
  };
  const reached = (name: StateName) => {
    const play = ways[name](new Play());
    expect(play.state.name).toBe(name);
    play.take();
    return play;
  };

  it.each(['becoming', 'arrived'] as const)('ends its visit in the state %s, without a farewell', (name) => {
    const play = reached(name);
    const { epoch } = play.state;
    play.event({ type: 'forgotten', face: 'f1' });
    expect(play.state).toMatchObject({ name: 'attract', visit: null, farewell: null });
    expect(play.take()).toEqual([
      { type: 'drop-portrait', token: 'p1' },
      ...(name === 'becoming' ? [{ type: 'end-becoming', epoch, keep: false }] : []),
      { type: 'show', scene: 'attract' },
      { type: 'log', message: 'Face 42 was deleted: the visit has ended.' },
    ]);
    expect(wakeTime(play.state)).toBeNull();
  });

  it('calls the next in the queue', () => {
    const play = reached('arrived').command('queue.join', ben).event({ type: 'forgotten', face: 'f1' });
    expect(play.state).toMatchObject({ name: 'greet', visit: { ticket: 1, called: true } });
  });

  it('ends its visit also while the wall is frozen', () => {
    const play = reached('becoming').event({ type: 'freeze', on: true }).event({ type: 'forgotten', face: 'f1' });
    expect(play.state.name).toBe('attract');
  });

  it('leaves its code for as long as somebody is there, on the tablet of its visitor alone', () => {
    const play = reached('arrived').wait(15);
    const until = play.now + 40_000;
    play.wait(30);
    expect(play.command('stay', ben).last?.answer).toMatchObject({ code: 'wrong-state' });
    expect(play.state.farewell?.until).toBe(until);
    expect(play.command('stay', ana).state.farewell?.until).toBe(play.now + 40_000);
    expect(play.wait(39).state.farewell).not.toBeNull();
    expect(play.wait(1).state.farewell).toBeNull();
    expect(play.command('stay', ana).last?.answer).toMatchObject({ code: 'wrong-state' });
  });

  it('takes its code from the tablet after the visit', () => {
    const play = reached('arrived').wait(15);
    expect(play.state.farewell?.receipt).toBe('r1');
    expect(play.event({ type: 'forgotten', face: 'another' }).state.farewell?.receipt).toBe('r1');
    expect(play.event({ type: 'forgotten', face: 'f1' }).state).toMatchObject({ name: 'attract', farewell: null });
  });

  it.each(Object.keys(ways) as StateName[])('of somebody else changes nothing in the state %s', (name) => {
    const play = reached(name);
    const before = play.state;
    play.event({ type: 'forgotten', face: 'another' });
    expect(play.state).toBe(before);
    expect(play.take()).toEqual([]);
  });
});

describe('the queue', () => {
  it('gives numbers, calls them in order, and moves on when nobody comes', () => {
    const play = new Play().toBecoming().step(5);
    expect(play.command('queue.join', ben).last?.answer).toEqual({ status: 'done', ticket: 1 });
    play.command('queue.join', ben).command('queue.join', ben);
    expect(play.command('queue.join', ben).last?.answer).toMatchObject({ code: 'queue-full' });
    play.event({ type: 'became', epoch: play.state.epoch }).wait(15);
    expect(play.state).toMatchObject({ name: 'greet', visit: { ticket: 1, called: true, owner: null } });
    expect(play.command('begin', ana).last?.answer).toMatchObject({ code: 'not-your-visit' });
    expect(play.command('consent', ana).last?.answer).toMatchObject({ code: 'wrong-state' });
    play.wait(30);
    expect(play.state).toMatchObject({ name: 'greet', visit: { ticket: 2, called: true } });
    play.command('begin', ben, 2).command('consent', ben);
    expect(play.state).toMatchObject({ name: 'framing', queue: [{ ticket: 3 }] });
  });

  it('takes a number back on any tablet: those who wait walk about', () => {
    const play = new Play().toBecoming().command('queue.join', ben);
    expect(play.command('queue.leave', ana, 2).last?.answer).toMatchObject({ code: 'not-found' });
    expect(play.command('queue.leave', ana, 1).state.queue).toEqual([]);
  });
});

describe('a photograph in the folder', () => {
  it('becomes without a visitor, when nobody is there', () => {
    const play = new Play().event({ type: 'photograph', waits: true });
    expect(play.state).toMatchObject({ name: 'review', visit: { rehearsal: true } });
    play.portrait();
    expect(play.state.name).toBe('becoming');
    expect(play.effects).toContainEqual(expect.objectContaining({ type: 'become', rehearsal: true }));
  });

  it('cannot be stopped by whoever passes a tablet, but by staff', () => {
    const play = new Play().event({ type: 'photograph', waits: true }).portrait();
    expect(play.command('leave').last?.answer).toMatchObject({ code: 'not-your-visit' });
    expect(play.state.name).toBe('becoming');
    expect(play.event({ type: 'photograph', waits: false }).command('leave', curator).state.name).toBe('attract');
  });

  it('that shows no face is passed over', () => {
    const play = new Play().event({ type: 'photograph', waits: true }).event({ type: 'photograph', waits: false });
    play.event({ type: 'no-portrait', epoch: play.state.epoch, code: 'no-face', message: '' });
    expect(play.state.name).toBe('attract');
  });
});

describe('whatever happens', () => {
  const commands: VisitCommand[] = [
    'begin',
    'consent',
    'capture',
    'keep',
    'again',
    'leave',
    'skip',
    'attract',
    'queue.join',
    'queue.leave',
    'stay',
  ];
  const sender = fc.constantFrom<Sender>(ana, ben, curator, { source: 'osc', client: null });
  // Epochs are given relative to the present one, so that results are sometimes in time and sometimes late.
  const late = fc.constantFrom(0, 0, 0, 1, 2, 5);
  const move = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        command: fc.constantFrom(...commands),
        by: sender,
        ticket: fc.integer({ min: 1, max: 4 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ wait: fc.constantFrom(0, 0.5, 3, 15, 31, 61, 121, 1_000) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        result: fc.constantFrom(
          'portrait',
          'no-portrait',
          'begun',
          'progress',
          'became',
          'broken',
          'forgotten',
          'ready',
          'closer',
        ),
        late,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ world: fc.constantFrom('camera', 'engine', 'photograph', 'freeze'), on: fc.boolean() }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        set: fc.record({
          countdown: fc.nat(10),
          hold: fc.integer({ min: 1, max: 600 }),
          accepting: fc.boolean(),
          autoCapture: fc.constantFrom(0, 1.5),
        }),
      }),
    },
  );

  function apply(play: Play, step: typeof move extends fc.Arbitrary<infer T> ? T : never, tokens: () => string): void {
    if ('command' in step) play.command(step.command, step.by, step.ticket);
    else if ('wait' in step) play.wait(step.wait);
    else if ('set' in step) play.event({ type: 'settings', settings: { ...play.state.settings, ...step.set } });
    else if ('world' in step) {
      const { world, on } = step;
      if (world === 'freeze') play.event({ type: 'freeze', on });
      else if (world === 'photograph') play.event({ type: 'photograph', waits: on });
      else play.event({ type: world, works: on });
    } else {
      const epoch = play.state.epoch - step.late;
      if (step.result === 'portrait') play.event({ type: 'portrait', epoch, token: tokens() });
      else if (step.result === 'no-portrait') play.event({ type: 'no-portrait', epoch, code: 'failed', message: 'x' });
      else if (step.result === 'begun') play.event({ type: 'begun', epoch, face: 'f', receipt: 'r' });
      else if (step.result === 'forgotten') play.event({ type: 'forgotten', face: 'f' });
      else if (step.result === 'progress') {
        const progress = { step: play.now % 7, steps: 9, done: 0.5, secondsLeft: 1, likeness: null, loss: null };
        play.event({ type: 'progress', epoch, progress });
      } else if (step.result === 'became' || step.result === 'broken') play.event({ type: step.result, epoch });
      else play.event({ type: 'observed', epoch, hints: [step.result as 'ready'], faceBox: null });
    }
  }

  it('nothing throws, nothing is kept that was left, and time alone leads back to attract', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 60 }), (steps) => {
        const play = new Play();
        let count = 0;
        const vault = new Set<string>();
        const running = new Set<number>();
        const settle = () => {
          for (const effect of play.take()) {
            if (effect.type === 'drop-portrait') vault.delete(effect.token);
            if (effect.type === 'become') {
              expect(vault.has(effect.portrait)).toBe(true);
              running.add(effect.epoch);
            }
            if (effect.type === 'end-becoming') expect(running.delete(effect.epoch)).toBe(true);
          }
          expect(play.state.visit === null).toBe(play.state.name === 'attract');
          expect([...vault]).toEqual(play.state.visit?.portrait ? [play.state.visit.portrait] : []);
          expect(running.size).toBe(play.state.name === 'becoming' ? 1 : 0);
          if (play.state.name === 'greet' || play.state.name === 'framing') expect(vault.size).toBe(0);
        };
        for (const step of steps) {
          const before = play.state;
          apply(play, step, () => {
            count += 1;
            vault.add(`t${count}`);
            return `t${count}`;
          });
          expect(play.state.epoch).toBeGreaterThanOrEqual(before.epoch);
          settle();
        }
        play.event({ type: 'freeze', on: false }).event({ type: 'photograph', waits: false });
        settle();
        const limit = play.now + 3_600_000;
        for (let wakes = 0; play.state.name !== 'attract' || play.state.farewell; wakes++) {
          const wake = wakeTime(play.state);
          expect(wake).not.toBeNull();
          expect(wakes).toBeLessThan(50);
          play.now = Math.max(play.now, wake ?? 0);
          play.event({ type: 'time' });
          settle();
        }
        expect(play.now).toBeLessThan(limit);
        expect(vault.size + running.size).toBe(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

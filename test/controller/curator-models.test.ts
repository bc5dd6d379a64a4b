import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answered, freshest, noAcknowledgements, sending } from '../../controller/curator/model/acknowledgements.ts';
import { chartOf } from '../../controller/curator/model/chart.ts';
import { commandKey, commandLabel } from '../../controller/curator/model/command-label.ts';
import { drawsNothing } from '../../controller/curator/model/drawing.ts';
import { gateOf } from '../../controller/curator/model/gate.ts';
import { forgetPin, keepPin, keptPin } from '../../controller/curator/model/kept-pin.ts';
import { offersFor } from '../../controller/curator/model/offers.ts';
import { fitsButtons, parameterSections, valueText } from '../../controller/curator/model/parameter-view.ts';
import { presetDifferences } from '../../controller/curator/model/preset-differences.ts';
import { duration, percent, timeLeft, visitWords } from '../../controller/curator/model/words.ts';
import { unlinked } from '../../controller/shared/link/page-link.ts';
import { type Command, type CommandType, commands, parseCommand } from '../../server/protocol/commands.ts';
import { identityMapping } from '../../server/protocol/mapping.ts';
import { stateNames } from '../../server/protocol/states.ts';
import { memoryStorage } from './memory-storage.ts';
import { sampleCurator, sampleState, sampleVisit } from './sample-state.ts';

const { descriptions, parameters } = sampleState();
const described = (key: string) => descriptions.find((parameter) => parameter.key === key) ?? descriptions[0];

describe('a display', () => {
  it('draws nothing where it is connected long enough and no picture a second comes', () => {
    const [display] = sampleCurator().displays;
    const black = { ...display, connectedAt: 0, fps: 0 };
    expect(drawsNothing(black, 10_000)).toBe(false);
    expect(drawsNothing(black, 20_000)).toBe(true);
    expect(drawsNothing({ ...black, fps: 0.4 }, 20_000)).toBe(false);
  });
});

describe('the controls', () => {
  it('are all parameters that curators may change, once each, but for the big buttons', () => {
    const shown = parameterSections(descriptions).flatMap(({ parameters: of }) => of.map(({ key }) => key));
    expect(new Set(shown).size).toBe(shown.length);
    const writable = descriptions.filter(({ writers }) => writers.includes('curator')).map(({ key }) => key);
    expect([...shown, 'freeze', 'blackout'].sort()).toEqual([...writable].sort());
  });

  it('have directions only where the pack has any', () => {
    const titles = (of: typeof descriptions) => parameterSections(of).map(({ title }) => title);
    expect(titles(descriptions)).toContain('The face');
    expect(titles(descriptions.filter(({ group }) => group !== 'directions'))).not.toContain('The face');
  });

  it('say values as people do', () => {
    expect(valueText(described('pace'), 60)).toBe('60 s');
    expect(valueText(described('brightness'), 0.5)).toBe('0.50');
    expect(valueText(described('freeze'), true)).toBe('on');
    expect(valueText(described('look'), 'grain')).toBe('Film grain');
    expect(valueText(described('message'), '')).toBe('empty');
    const look = described('look');
    const camera = described('camera');
    expect(look.type === 'choice' && fitsButtons(look)).toBe(true);
    expect(camera.type === 'choice' && fitsButtons(camera)).toBe(false);
  });

  it('tell what a preset would change, without what this installation does not have', () => {
    const preset = { pace: 120, look: parameters.look, 'direction.hat': 1, constructor: 1 };
    expect(presetDifferences(preset, parameters, descriptions)).toEqual(['Pace to 120 s']);
    expect(presetDifferences(parameters, parameters, descriptions)).toEqual([]);
  });
});

describe('commands', () => {
  it('all have a label', () => {
    const named = { name: 'Evening', face: 'x', visitor: 3, display: 'left', device: 'd', code: '123456' };
    const fields = { ticket: 3, key: 'pace', value: 30, ...named };
    for (const type of Object.keys(commands) as CommandType[]) {
      const read = parseCommand({ type, ...fields, mapping: identityMapping }, commands[type].from[0]);
      expect(read.ok && commandLabel(read.value, descriptions), type).toBeTruthy();
    }
    expect(commandLabel({ type: 'set', key: 'pace', value: 30 }, descriptions)).toBe('Pace: 30 s');
  });

  it('that the curator is offered can be given by a curator', () => {
    for (const state of stateNames) {
      const visit = state === 'attract' ? null : sampleVisit({ portrait: '/portrait/x' });
      for (const called of [null, 12]) {
        const queue = { waiting: [], called, full: false };
        for (const { command } of offersFor(sampleState({ state, visit, queue }))) {
          expect(parseCommand(command, 'curator').ok).toBe(true);
        }
      }
    }
    expect(offersFor(sampleState({ trouble: 'closed' }))).toEqual([]);
    expect(offersFor(sampleState({ state: 'review', visit: sampleVisit() }))).toEqual([]);
  });
});

describe('acknowledgements', () => {
  const send = (list: typeof noAcknowledgements, command: Command, now: number) =>
    sending(list, commandKey(command), commandLabel(command, descriptions), now);
  const pace = (value: number): Command => ({ type: 'set', key: 'pace', value });

  it('are one line for a whole drag', () => {
    let list = noAcknowledgements;
    for (let value = 10; value < 60; value++) {
      const begun = send(list, pace(value), value);
      list = answered(begun.acknowledgements, begun.id, { status: 'done' }, value);
    }
    expect(list.list).toMatchObject([{ label: 'Pace: 59 s', status: 'done' }]);
  });

  it('keep a refusal before the eyes, although more was done since', () => {
    const refused = send(noAcknowledgements, pace(10), 0);
    const answer = { status: 'refused', code: 'out-of-range', reason: 'Too slow.' } as const;
    let list = answered(refused.acknowledgements, refused.id, answer, 0);
    const next = send(list, pace(20), 500);
    list = answered(next.acknowledgements, next.id, { status: 'done' }, 500);
    expect(freshest(list, 600)).toMatchObject({ status: 'refused', reason: 'Too slow.' });
    expect(freshest(list, 60_000)).toBeNull();
    expect(list.list).toHaveLength(2);
  });

  it('tell what is under way from what is done, for a while', () => {
    const begun = send(noAcknowledgements, { type: 'skip' }, 0);
    expect(freshest(begun.acknowledgements, 100)).toMatchObject({ status: 'sending', label: 'Skip' });
    const list = answered(begun.acknowledgements, begun.id, { status: 'accepted' }, 200);
    expect(freshest(list, 300)).toMatchObject({ status: 'accepted' });
  });

  it('do not grow for ever', () => {
    let list = noAcknowledgements;
    for (let i = 0; i < 200; i++) list = sending(list, String(i), 'x', i).acknowledgements;
    expect(list.list.length).toBeLessThanOrEqual(30);
  });
});

describe('the gate', () => {
  it('asks for the PIN until the server lets the page in', () => {
    expect(gateOf(unlinked, false)).toEqual({ name: 'pin', problem: null, waiting: false, isAway: false });
    expect(gateOf(unlinked, true)).toMatchObject({ waiting: true, isAway: false });
    expect(gateOf({ ...unlinked, phase: 'lost' }, true)).toMatchObject({ problem: null, waiting: true, isAway: true });
    const open = { ...unlinked, phase: 'online' as const, state: sampleState({ curator: sampleCurator() }) };
    expect(gateOf(open, true)).toEqual({ name: 'open' });
    expect(gateOf({ ...open, phase: 'lost' }, true)).toEqual({ name: 'open' });
    expect(gateOf({ ...open, phase: 'outdated' }, true)).toEqual({ name: 'outdated' });
  });

  it('says why it stays shut', () => {
    const refused = (code: 'pin' | 'rate-limited' | 'too-many', retryAfter?: number) =>
      gateOf({ ...unlinked, phase: 'refused', refusal: { code, reason: 'Too many pages.', retryAfter } }, true);
    expect(refused('pin')).toMatchObject({ problem: 'That is not the PIN.', waiting: false });
    expect(refused('rate-limited', 29.2)).toMatchObject({ problem: 'Too many tries. Please wait 30 seconds.' });
    expect(refused('rate-limited', 3_500)).toMatchObject({ problem: 'Too many tries. Please wait 59 minutes.' });
    expect(refused('too-many')).toMatchObject({ problem: 'Too many pages.' });
  });

  it('keeps the PIN in the tab only, and can do without', () => {
    const storage = memoryStorage();
    keepPin(storage, '2468');
    expect(keptPin(storage)).toBe('2468');
    forgetPin(storage);
    expect(keptPin(storage)).toBe('');
    const forbidden = memoryStorage({ forbidden: true });
    keepPin(forbidden, '2468');
    expect(keptPin(forbidden)).toBe('');
  });
});

describe('the curve', () => {
  const point = (step: number, loss: number, likeness: number) => ({ step, loss, likeness });

  it('goes from the first step to the last, likeness from the foot to the head', () => {
    const chart = chartOf([point(0, 1, 0), point(5, 0.5, 0.5), point(10, 0.25, 1)], 100, 50);
    expect(chart?.likeness).toBe('M0 50L50 25L100 0');
    // Halved, and halved again: even in the logarithm.
    expect(chart?.loss).toBe('M0 0L50 25L100 50');
    expect(chart).toMatchObject({ lastStep: 10, highestLoss: 1, lowestLoss: 0.25 });
  });

  it('needs two points, and is not upset by odd ones', () => {
    expect(chartOf([], 10, 10)).toBeNull();
    expect(chartOf([point(0, 1, 0)], 10, 10)).toBeNull();
    expect(chartOf([point(3, 1, 0), point(3, 1, 0)], 10, 10)).toBeNull();
    const anyPoint = fc.record({ step: fc.nat(), loss: fc.double(), likeness: fc.double() });
    fc.assert(
      fc.property(fc.array(anyPoint, { maxLength: 50 }), (curve) => {
        const chart = chartOf(curve, 100, 50);
        if (chart) expect(`${chart.loss}${chart.likeness}`).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  it('is thinned out, but never by its end', () => {
    const long = Array.from({ length: 5_003 }, (_, step) => point(step, 1 / (step + 1), step / 5_003));
    const chart = chartOf(long, 600, 180);
    expect(chart?.lastStep).toBe(5_002);
    expect(chart?.loss.split('L').length).toBeLessThan(320);
  });
});

describe('words for curators', () => {
  it('tell lengths of time', () => {
    expect([0, 8_400, 300_000, 3 * 3_600_000, 80 * 3_600_000, -5].map(duration)).toEqual([
      '0 s',
      '8 s',
      '5 min',
      '3 h',
      '3 days',
      '0 s',
    ]);
    const progress = { step: 1, steps: 9, done: 0.1, secondsLeft: 64.2, likeness: null, loss: null };
    const until = 120_000;
    expect(timeLeft(sampleState({ state: 'greet', visit: sampleVisit(), until }), 55_000)).toBe('1:05');
    expect(timeLeft(sampleState({ state: 'greet', visit: sampleVisit(), until }), 300_000)).toBe('0:00');
    expect(timeLeft(sampleState({ until: null }), 0)).toBeNull();
    expect(timeLeft(sampleState({ state: 'becoming', visit: sampleVisit(), until }), 0)).toBeNull();
    expect(timeLeft(sampleState({ state: 'becoming', visit: sampleVisit({ progress }), until }), 0)).toBe('1:05');
    expect([percent(null), percent(0.826)]).toEqual(['–', '83 %']);
  });

  it('tell who is there', () => {
    const queue = { waiting: [], called: 12, full: false };
    expect(visitWords(sampleState())).toBe('Nobody is there');
    expect(visitWords(sampleState({ state: 'greet', visit: sampleVisit(), queue }))).toBe('Number 12 is called');
    expect(visitWords(sampleState({ state: 'framing', visit: sampleVisit() }))).toBe('A visitor is there');
    expect(visitWords(sampleState({ state: 'becoming', visit: sampleVisit({ visitor: 9 }) }))).toBe('Face 9');
  });
});

import { describe, expect, it, vi } from 'vitest';
import { readAddress } from '../../display/address.ts';
import { ErrorGuard } from '../../display/kiosk/guard.ts';
import { moodOf, portraitWanted, type Surroundings, situationOf } from '../../display/mood.ts';
import { sampleState, sampleVisit } from '../controller/sample-state.ts';

const around: Surroundings = {
  pictureState: 'becoming',
  hasFace: true,
  connected: true,
  wallReady: true,
  portraitReady: false,
  aspect: 1.6,
  now: 12_000,
};
const { parameters } = sampleState();

describe('the address of the page', () => {
  const read = (query: string, pixels = 1_080) => readAddress(new URLSearchParams(query), pixels);

  it('chooses what is missing', () => {
    expect(read('')).toEqual({ name: 'main', quality: null, frames: '/frames?v=1&size=1536' });
    expect(read('', 300).frames).toContain('size=512');
    expect(read('', 9_000).frames).toContain('size=2048');
  });

  it('takes what is given', () => {
    expect(read('name=left wall&size=256&format=webp&quality=2')).toEqual({
      name: 'left wall',
      quality: 2,
      frames: '/frames?v=1&size=256&format=webp',
    });
  });

  it('does not stumble over nonsense', () => {
    expect(read('name=<script>&size=333&format=gif&quality=99')).toEqual(read(''));
    expect(read('quality=').quality).toBeNull();
    expect(read('quality=constructor').quality).toBeNull();
  });
});

describe('mood and situation', () => {
  it('show the face alone in full light while nothing is known', () => {
    expect(moodOf(null, around)).toMatchObject({
      brightness: 1,
      blackout: false,
      frozen: false,
      painterly: 0,
      grain: 0,
    });
    expect(situationOf(null, around)).toMatchObject({ state: 'becoming', attractStyle: 'film', seconds: 12 });
  });

  it('follow the curator', () => {
    const wishes = { ...parameters, look: 'painterly', lookAmount: 0.7, freeze: true, brightness: 0.3 } as const;
    expect(moodOf(wishes, around)).toMatchObject({ painterly: 0.7, grain: 0, frozen: true, brightness: 0.3 });
    expect(moodOf({ ...wishes, look: 'plain' }, around)).toMatchObject({ painterly: 0, grain: 0 });
  });

  it('want the photograph only where the curator wants it and there is a face to stand beside', () => {
    const visit = sampleVisit({ visitor: 3, portrait: '/portrait/x' });
    const wishes = { ...parameters, portraitBeside: true };
    expect(portraitWanted(null)).toBeNull();
    expect(portraitWanted(sampleState({ state: 'arrived', visit }))).toBeNull();
    expect(portraitWanted(sampleState({ state: 'arrived', visit, parameters: wishes }))).toBe('/portrait/x');
    expect(portraitWanted(sampleState({ state: 'review', visit, parameters: wishes }))).toBeNull();
    expect(portraitWanted(sampleState({ state: 'attract', parameters: wishes }))).toBeNull();
  });
});

describe('the guard', () => {
  it('lets the piece go on after an error, and gives up only where they do not end', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    let now = 0;
    const giveUp = vi.fn();
    const guard = new ErrorGuard(giveUp, () => now);
    const fail = () => {
      throw new Error('broken');
    };
    for (let hour = 0; hour < 100; hour++) {
      guard.run(fail);
      now += 3_600_000;
    }
    expect(giveUp).not.toHaveBeenCalled();
    expect(log).toHaveBeenCalledTimes(100);
    for (let drawing = 0; drawing < 600; drawing++) {
      guard.run(fail);
      now += 16;
    }
    expect(giveUp).toHaveBeenCalled();
    // A wall that fails at every drawing does not fill the log.
    expect(log.mock.calls.length).toBeLessThan(150);
    log.mockRestore();
  });
});

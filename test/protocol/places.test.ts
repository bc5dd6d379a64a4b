import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Identity, Places } from '../../server/protocol/places.ts';

const here: Identity = { address: '127.0.0.1', isFromHere: true, device: null };
const device = (id: string): Identity => ({ address: '10.0.0.1', isFromHere: false, device: id });
const stranger = (address: string): Identity => ({ address, isFromHere: false, device: null });
const limits = { all: 20, forHere: 5, fromDevice: 6, strangers: 8, fromStranger: 2 };

/** Enters `count` holders with names of their own. */
function fill(places: Places<string>, name: string, who: (k: number) => Identity, count: number) {
  return Array.from({ length: count }, (_, k) => ({
    holder: `${name}${k}`,
    lost: places.enter(`${name}${k}`, who(k)),
  }));
}

describe('places', () => {
  it('are few for strangers, from one source and together, and the one who came first goes', () => {
    const places = new Places<string>(limits);
    const one = fill(places, 'a', () => stranger('10.0.0.1'), 4);
    expect(one.map(({ lost }) => lost)).toEqual([[], [], ['a0'], ['a1']]);
    const six = fill(places, 'b', (k) => stranger(`2001:db8:0:1::${k}`), 3);
    expect(six.at(-1)?.lost, 'an IPv6 /64 is one').toEqual(['b0']);
    const many = fill(places, 'c', (k) => stranger(`10.1.0.${k}`), 5);
    expect(many.map(({ lost }) => lost)).toEqual([[], [], [], [], ['a2']]);
    expect(places.size).toBe(limits.strangers);
  });

  it('of strangers go to those who are known', () => {
    const places = new Places<string>(limits);
    fill(places, 's', (k) => stranger(`10.1.0.${k}`), 8);
    const paired = fill(places, 'p', (k) => device(`d${k % 3}`), 15);
    expect(paired.flatMap(({ lost }) => lost)).toEqual(['s0', 's1', 's2']);
    const mine = fill(places, 'h', () => here, 5);
    expect(mine.flatMap(({ lost }) => lost)).toEqual(['s3', 's4', 's5', 's6', 's7']);
    expect(places.size).toBe(20);
    expect(places.enter('late', here)).toBeNull();
    expect(places.enter('late', stranger('10.9.9.9'))).toBeNull();
    expect(places.has('late')).toBe(false);
  });

  it('of this computer are not for paired devices, and one device has not all of theirs', () => {
    const places = new Places<string>(limits);
    expect(fill(places, 'a', () => device('a'), 7).map(({ lost }) => lost === null)).toEqual([
      ...Array(6).fill(false),
      true,
    ]);
    fill(places, 'p', (k) => device(`d${k}`), 9);
    expect(places.enter('late', device('d99'))).toBeNull();
    expect(places.room(here)).toBe(5);
    expect(places.room(device('d99'))).toBe(0);
    places.leave('a0');
    expect(places.enter('late', device('d99'))).toEqual([]);
  });

  it('are kept by one who turns out to be known', () => {
    const places = new Places<string>(limits);
    places.enter('s', stranger('10.0.0.1'));
    expect(places.enter('s', device('d'))).toEqual([]);
    expect(places.size).toBe(1);
    expect(fill(places, 'a', () => stranger('10.0.0.1'), 20).flatMap(({ lost }) => lost)).not.toContain('s');
    expect(places.has('s')).toBe(true);
  });

  it('are never more than there are, and always there for this computer and its paired devices', () => {
    const anybody = fc.oneof(
      fc.constant(here),
      fc.integer({ min: 0, max: 3 }).map((k) => device(`d${k}`)),
      fc.integer({ min: 0, max: 200 }).map((k) => stranger(`10.0.0.${k}`)),
    );
    const step = fc.oneof(
      { weight: 4, arbitrary: anybody.map((who) => ({ who })) },
      { weight: 1, arbitrary: fc.nat({ max: 30 }).map((leaves) => ({ leaves })) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const places = new Places<number>(limits);
        const held = new Map<number, Identity>();
        const of = (isCounted: (who: Identity) => boolean) => [...held.values()].filter(isCounted).length;
        steps.forEach((one, k) => {
          if ('leaves' in one) {
            const holder = [...held.keys()][one.leaves];
            places.leave(holder);
            held.delete(holder);
            return;
          }
          const { who } = one;
          const paired = of(({ device }) => device !== null);
          const known = paired + of(({ isFromHere }) => isFromHere);
          const own = of(({ device }) => device !== null && device === who.device);
          const isRoom = who.isFromHere ? known < 20 : known < 20 && paired < 15 && own < 6;
          const lost = places.enter(k, who);
          if (who.isFromHere || who.device !== null) expect(lost !== null).toBe(isRoom);
          if (lost === null) return;
          held.set(k, who);
          for (const loser of lost) {
            expect(held.get(loser)).toMatchObject({ isFromHere: false, device: null });
            held.delete(loser);
          }
          expect(places.size).toBe(held.size);
          expect(held.size).toBeLessThanOrEqual(20);
          expect(of(({ isFromHere, device }) => !isFromHere && device === null)).toBeLessThanOrEqual(8);
        });
      }),
    );
  });
});

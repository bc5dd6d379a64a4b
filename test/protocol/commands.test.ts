import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandType, commands, parseCommand } from '../../server/protocol/commands.ts';
import { identityMapping, validateMapping } from '../../server/protocol/mapping.ts';
import { parseHello, protocolVersion } from '../../server/protocol/messages.ts';

describe('commands from outside', () => {
  it('are read with their fields and nothing else', () => {
    expect(parseCommand({ type: 'set', key: 'pace', value: 30, extra: 1 }, 'curator')).toEqual({
      ok: true,
      value: { type: 'set', key: 'pace', value: 30 },
    });
    expect(parseCommand({ type: 'begin' }, 'visitor')).toEqual({ ok: true, value: { type: 'begin' } });
    expect(parseCommand({ type: 'begin', ticket: 3 }, 'visitor')).toEqual({
      ok: true,
      value: { type: 'begin', ticket: 3 },
    });
  });

  it('are refused to those who may not give them', () => {
    expect(parseCommand({ type: 'skip' }, 'visitor')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(parseCommand({ type: 'consent' }, 'osc')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(parseCommand({ type: 'consent' }, 'curator')).toMatchObject({ ok: false, code: 'not-allowed' });
    expect(parseCommand({ type: 'chain.forget', face: 'x' }, 'osc')).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  it('of names that objects have anyway do not exist', () => {
    for (const type of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(parseCommand({ type }, 'curator')).toMatchObject({ ok: false, code: 'unknown-command' });
    }
  });

  it('never throw, whatever comes', () => {
    const names = fc.constantFrom(...(Object.keys(commands) as CommandType[]));
    fc.assert(
      fc.property(fc.anything(), fc.object(), names, (anything, fields, type) => {
        expect(parseCommand(anything, 'curator').ok).toBe(false);
        const read = parseCommand({ ...fields, type }, 'curator');
        if (read.ok) expect(Object.keys(read.value).every((key) => key === 'type' || key in commands[type].fields));
      }),
    );
  });

  it('have OSC addresses of their own', () => {
    const addresses = Object.values(commands).flatMap(({ osc }) => (osc === null ? [] : [osc as string]));
    expect(new Set(addresses).size).toBe(addresses.length);
  });
});

describe('a mapping from outside', () => {
  it('is accepted where it can be drawn', () => {
    expect(validateMapping(identityMapping)).toEqual({ ok: true, value: identityMapping });
    const mirrored = { ...identityMapping, corners: [1, 0, 3, 2].map((i) => identityMapping.corners[i]) };
    expect(validateMapping(mirrored).ok).toBe(true);
  });

  it('is refused where corners cross or the grid lacks a knot', () => {
    const [a, b, c, d] = identityMapping.corners;
    expect(validateMapping({ ...identityMapping, corners: [a, c, b, d] }).ok).toBe(false);
    expect(validateMapping({ ...identityMapping, corners: [a, a, c, d] }).ok).toBe(false);
    expect(validateMapping({ ...identityMapping, grid: { columns: 2, rows: 1, offsets: [] } }).ok).toBe(false);
    expect(validateMapping({ ...identityMapping, brightness: Number.NaN }).ok).toBe(false);
    expect(validateMapping({ ...identityMapping, rotation: '90' }).ok).toBe(false);
  });

  it('never throws', () => {
    const parts = Object.keys(identityMapping);
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.anything(), (part, value) => {
        const read = validateMapping({ ...identityMapping, [part]: value });
        if (read.ok) expect(validateMapping(read.value)).toEqual(read);
      }),
    );
  });
});

describe('the hello of a page', () => {
  const good = { protocol: protocolVersion, role: 'display', client: 'abcd1234', name: 'left wall' };

  it('is read', () => {
    expect(parseHello(good)).toEqual({ ok: true, value: good });
  });

  it('of another version is told to reload, whatever else it says', () => {
    expect(parseHello({ protocol: 0 })).toMatchObject({ ok: false, code: 'version' });
  });

  it('is refused with odd names and ids, and never throws', () => {
    expect(parseHello({ ...good, name: '../etc' }).ok).toBe(false);
    expect(parseHello({ ...good, client: 'x' }).ok).toBe(false);
    expect(parseHello({ ...good, role: 'admin' }).ok).toBe(false);
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(parseHello(value).ok).toBe(false);
      }),
    );
  });
});

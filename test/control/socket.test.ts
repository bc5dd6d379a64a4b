import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { socketLimits } from '../../server/control/socket.ts';
import { commands } from '../../server/protocol/commands.ts';
import { identityMapping } from '../../server/protocol/mapping.ts';
import { refusalCodes } from '../../server/protocol/refusals.ts';
import { routes } from '../../server/protocol/routes.ts';
import { requestFrom, sentBack } from './devices-of.ts';
import { LiveControl, pin } from './live.ts';
import { Controller, until } from './osc-controller.ts';

let live: LiveControl;
beforeEach(async () => {
  live = await new LiveControl().start();
});
afterEach(() => live.stop());

/** The answer to a request with headers that `fetch` does not let one choose. */
async function request(port: number, path: string, headers: Record<string, string>): Promise<string> {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  const socket = connect(port, '127.0.0.1').end(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  return (await socket.toArray()).join('');
}

const elsewhere = { 'x-forwarded-for': '192.168.1.77' };
const photograph = { bytes: Uint8Array.of(9, 9), at: 1 };

describe('a page', () => {
  it('is told everything when it connects, and then what changes', async () => {
    const display = await live.page('display', { name: 'left' }).until(({ state }) => state);
    expect(display.state).toMatchObject({ state: 'attract', visit: null, curator: null, cameraDriver: 'browser' });
    expect(display.state?.texts.de.attractBegin).toBe('Beginnen');
    expect(display.state?.descriptions.map(({ key }) => key)).toContain('direction.age');
    live.parameters.set('pace', 33, 'osc');
    await display.until(({ state }) => state?.parameters.pace === 33);
    expect(display.missed).toBe(0);
  });

  it('gets the whole again when it asks, and counts on from there', async () => {
    const page = await live.page('display').until(({ state }) => state);
    page.state = null;
    page.socket.emit('sync');
    await page.until(({ state }) => state);
    live.parameters.set('pace', 44, 'osc');
    await page.until(({ state }) => state?.parameters.pace === 44);
  });

  it('of another version, of no role, or of another server is not let in', async () => {
    const old = await live.page('display', { protocol: 0 }).until(({ refused }) => refused);
    expect(old.refused?.code).toBe('version');
    const odd = await live.page('display', { role: 'admin' }).until(({ refused }) => refused);
    expect(odd.refused?.code).toBe('invalid');
    const evil = live.page('visitor', {}, { origin: 'http://evil.example' });
    await evil.until(({ refused }) => refused);
    expect(evil.refused?.code).toBe('transport');
  });

  it('under another name for this computer is not let in, also where its page came from that name (DNS rebinding)', async () => {
    for (const role of ['display', 'visitor', 'curator'] as const) {
      const rebound = { host: `evil.example:${live.port}`, origin: `http://evil.example:${live.port}` };
      const page = await live.page(role, { pin }, rebound).until(({ refused }) => refused);
      expect([page.refused?.code, page.state]).toEqual(['transport', null]);
    }
    const polled = await request(live.port, `${routes.control}?EIO=4&transport=polling`, { host: 'evil.example' });
    expect(polled).toMatch(/^HTTP\/1.1 403 [\s\S]*not known as \\"evil\.example\\"/);
    const own = { host: `museum:${live.port}`, origin: `http://museum:${live.port}` };
    await live.page('visitor', {}, own).until(({ state }) => state);
  });

  it('of a visitor is let in where it is a tablet of the piece: on this computer, or with the cookie of one', async () => {
    const here = await live.page('visitor').until(({ state }) => state);
    expect((await here.command({ type: 'begin' })).status).toBe('done');
    const stranger = await live.page('visitor', {}, elsewhere).until(({ refused }) => refused);
    expect(stranger.refused?.code).toBe('not-paired');
    const guess = { ...elsewhere, cookie: 'familiar-device=guess' };
    const guessing = await live.page('visitor', {}, guess).until(({ refused }) => refused);
    expect(guessing.refused?.code).toBe('not-paired');
    await live.page('visitor', { client: 'client-paired' }, live.headersOf('tablet')).until(({ state }) => state);
    expect(live.paired.devices.list((id) => live.socket.isConnected(id))).toMatchObject([{ connected: true }]);
  });

  it('of a display elsewhere sees nothing before it is paired by its code, and nothing after it is removed', async () => {
    live.chain.faces = [{ id: 'face-1', visitor: 1, at: 0, likeness: 0.5 }];
    const stranger = await live
      .page('display', { client: 'client-stranger' }, elsewhere)
      .until(({ refused }) => refused);
    expect(stranger.refused?.code).toBe('not-paired');
    expect(stranger.state).toBeNull();
    stranger.close();
    const asked = live.paired.pairing.ask(requestFrom(), 'left');
    const curator = await live.curator().until(({ state }) => state?.curator?.waiting.length === 1);
    expect(JSON.stringify(curator.state)).not.toContain(asked?.code);
    expect(await curator.command({ type: 'device.pair', code: 'abc' })).toMatchObject({ code: 'invalid' });
    expect(await curator.command({ type: 'device.pair', code: '000 00x' })).toMatchObject({ code: 'invalid' });
    const other = String((Number(asked?.code) + 1) % 1_000_000).padStart(6, '0');
    expect(await curator.command({ type: 'device.pair', code: other })).toMatchObject({ code: 'not-found' });
    const spaced = `${asked?.code.slice(0, 3)} ${asked?.code.slice(3)}`;
    expect(await curator.command({ type: 'device.pair', code: spaced })).toEqual({ status: 'done' });
    const headers = { ...elsewhere, cookie: sentBack(asked?.cookie) };
    const display = await live.page('display', {}, headers).until(({ state }) => state);
    expect(display.state?.chain).toHaveLength(1);
    const tablet = await live.page('visitor', {}, headers).until(({ refused }) => refused);
    expect(tablet.refused?.code, 'a display is no tablet').toBe('not-paired');
    await curator.until(({ state }) => state?.curator?.devices[0]?.connected);
    const device = curator.state?.curator?.devices[0].id;
    expect(curator.state?.curator?.devices).toMatchObject([{ kind: 'display', name: 'left', address: '192.168.1.77' }]);
    expect(await curator.command({ type: 'device.rename', device, name: 'Foyer' })).toEqual({ status: 'done' });
    await curator.until(({ state }) => state?.curator?.devices[0]?.name === 'Foyer');
    display.refused = null;
    expect(await curator.command({ type: 'device.remove', device })).toEqual({ status: 'done' });
    expect(await curator.command({ type: 'device.remove', device })).toMatchObject({ code: 'not-found' });
    await display.until(({ socket }) => !socket.connected);
    display.socket.connect();
    await display.until(({ refused }) => refused?.code === 'not-paired');
    await curator.until(({ state }) => state?.curator?.devices.length === 0);
  });

  it('of a curator elsewhere needs a paired device besides the PIN', async () => {
    const stranger = await live.page('curator', { pin }, elsewhere).until(({ refused }) => refused);
    expect(stranger.refused?.code).toBe('not-paired');
    const headers = live.headersOf('curator');
    await live.page('curator', { pin }, headers).until(({ state }) => state?.curator);
    const noPin = await live.page('curator', { pin: '1' }, headers).until(({ refused }) => refused);
    expect(noPin.refused?.code).toBe('pin');
  });

  it('of an older build is told to reload, and works until it does', async () => {
    const old = await live.page('display', { build: '/assets/old.js' }).until(({ reloads }) => reloads === 1);
    expect(old.state).not.toBeNull();
    const current = await live.page('display', { build: '/assets/new.js' }).until(({ state }) => state);
    live.parameters.set('pace', 44, 'osc');
    await current.until(({ state }) => state?.parameters.pace === 44);
    expect(current.reloads).toBe(0);
  });

  it('of a curator needs the PIN, and guessing becomes slow', async () => {
    const stranger = { 'x-forwarded-for': '192.168.1.66' };
    for (let i = 0; i < 5; i++) {
      const page = await live.page('curator', { pin: `${i}` }, stranger).until(({ refused }) => refused);
      expect(page.refused?.code).toBe(i < 4 ? 'pin' : 'rate-limited');
      page.close();
    }
    for (let i = 0; i < 20; i++) {
      const page = await live.page('curator', { pin }, stranger).until(({ refused }) => refused);
      expect(page.refused).toMatchObject({ code: 'rate-limited', retryAfter: expect.any(Number) });
      page.close();
    }
    const lines = live.log.lines.map(({ message }) => message);
    expect(lines.join()).not.toContain(pin);
    // Who must wait anyway fills no log.
    expect(lines.filter((line) => line.includes('wrong PINs'))).toHaveLength(1);
  });

  it('of a curator on this computer, or who gave the PIN before, is not held up by strangers who guess', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const known = live.headersOf('curator', '192.168.1.77');
    (await live.page('curator', { pin }, known).until(({ state }) => state)).close();
    const tries = Array.from({ length: 60 }, (_, k) =>
      live.page('curator', { pin: 'guess' }, from(`10.0.0.${k}`)).until(({ refused }) => refused),
    );
    for (const page of await Promise.all(tries)) page.close();
    for (let k = 0; k < 20; k++) (await live.page('curator', { pin: 'x' }).until(({ refused }) => refused)).close();
    const stranger = await live.page('curator', { pin }, from('192.168.1.78')).until(({ refused }) => refused);
    expect(stranger.refused?.code).toBe('rate-limited');
    await live.page('curator', { pin }, known).until(({ state }) => state);
    const here = await live.curator().until(({ state }) => state);
    const told = here.state?.curator?.log.filter(({ message }) => message.includes('wrong PINs')) ?? [];
    expect(told.map(({ level }) => level)).toEqual(['warning']);
    expect(told[0].message).toMatch(/^20 wrong PINs within 60 minutes from 20 addresses.*are not held up\.$/);
  });
});

describe('commands', () => {
  it('of two curators are both obeyed, and both see them', async () => {
    const [one, two] = await Promise.all(
      ['curator-one', 'curator-two'].map((client) => live.curator(client).until(({ state }) => state)),
    );
    await two.until(({ state }) => state?.curator?.curators === 2);
    const answers = await Promise.all([
      one.command({ type: 'set', key: 'pace', value: 20 }),
      two.command({ type: 'set', key: 'hold', value: 30 }),
      one.command({ type: 'preset.save', name: 'Evening' }),
      two.command({ type: 'mapping.set', display: 'left', mapping: identityMapping }),
      one.command({ type: 'preset.recall', name: 'Morning' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done', 'refused']);
    for (const page of [one, two]) {
      await page.until(({ state }) => state?.parameters.pace === 20 && state.parameters.hold === 30);
      await page.until(({ state }) => state?.curator?.presets[0]?.name === 'Evening' && state.mappings.left);
    }
    expect(live.saved.live).toEqual({ pace: { value: 20, over: 60 }, hold: { value: 30, over: 15 } });
  });

  it('are refused, with a code, to those who may not', async () => {
    const visitor = await live.page('visitor').until(({ state }) => state);
    const display = await live.page('display').until(({ state }) => state);
    expect(await visitor.command({ type: 'set', key: 'pace', value: 20 })).toMatchObject({ code: 'not-allowed' });
    expect(await display.command({ type: 'begin' })).toMatchObject({ code: 'not-allowed' });
    expect(await visitor.command({ type: 'nonsense' })).toMatchObject({ code: 'unknown-command' });
    expect(await visitor.command({ type: 'keep' })).toMatchObject({ code: 'wrong-state' });
  });

  it('are all answered, whatever is in them: accepted, done, or refused with a code of the list', async () => {
    const types = [...Object.keys(commands), '__proto__', 'constructor', 'nonsense', 3, null];
    const names = [...new Set(Object.values(commands).flatMap(({ fields }) => Object.keys(fields)))];
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom('pace', 'camera', 'main', '__proto__', 1, -1, 1e99, ''));
    const shape = fc.record({
      type: fc.constantFrom(...types),
      fields: fc.dictionary(fc.constantFrom(...names), field),
    });
    for (const role of ['curator', 'visitor', 'display'] as const) {
      const samples = fc.sample(shape, 100);
      const page = await live.page(role, { pin, client: `fuzz-${role}` }).until(({ state }) => state);
      const answers = await Promise.all(samples.map(({ type, fields }) => page.command({ type, ...fields })));
      for (const answer of answers) {
        if (answer.status !== 'refused') expect(['accepted', 'done']).toContain(answer.status);
        else expect([Object.hasOwn(refusalCodes, answer.code), answer.reason.length > 5]).toEqual([true, true]);
      }
      page.close();
    }
  });

  it('say the same as over OSC', async () => {
    const curator = await live.curator().until(({ state }) => state);
    const desk = await new Controller(() => live.osc.port).open();
    for (const [key, value] of [
      ['pace', 3],
      ['pace', 'fast'],
      ['look', 'oil'],
      ['blackout', 0.5],
      ['message', 'a'.repeat(200)],
    ] as const) {
      const answer = await curator.command({ type: 'set', key, value });
      expect(answer.status).toBe('refused');
      desk.send(`/familiar/${key}`, value);
      await desk.hears('/familiar/error', `/familiar/${key}`, answer.status === 'refused' && answer.reason);
    }
    for (const [type, { osc, fields }] of Object.entries(commands)) {
      if (osc === null || Object.keys(fields).some((name) => name === 'name')) continue;
      const answer = await curator.command({ type });
      desk.heard = [];
      desk.send(osc);
      await until(() => desk.heard.length === 1);
      const [{ address, values }] = desk.heard;
      if (answer.status === 'refused') expect([address, ...values]).toEqual(['/familiar/error', osc, answer.reason]);
    }
    desk.socket.close();
  });

  it('find every face of a long chain for curators, a part at a time', async () => {
    live.chain.faces = Array.from({ length: 10_000 }, (_, index) => ({
      id: `old-${index + 1}`,
      visitor: index + 1,
      at: 1,
      likeness: 0.7,
    }));
    const curator = await live.curator().until(({ state }) => state?.chain.length === 500);
    const seen = new Set(curator.state?.chain.map(({ id }) => id));
    for (let visitor = 9_500; visitor > 0; visitor -= 500) {
      const answer = await curator.command({ type: 'chain.find', visitor });
      if (answer.status === 'refused') throw new Error(answer.reason);
      expect(answer.faces).toHaveLength(500);
      expect(answer.faces?.at(-1)?.visitor).toBe(visitor);
      for (const { id } of answer.faces ?? []) seen.add(id);
    }
    expect(seen.size).toBe(10_000);
    expect(await curator.command({ type: 'chain.find', visitor: 2 })).toEqual({
      status: 'done',
      faces: live.chain.faces.slice(0, 2),
    });
    await curator.command({ type: 'chain.forget', face: 'old-1' });
    expect(await curator.command({ type: 'chain.find', visitor: 1 })).toMatchObject({ code: 'not-found' });
    expect(await curator.command({ type: 'chain.find', visitor: 0 })).toMatchObject({ code: 'out-of-range' });
    const tablet = await live.page('visitor').until(({ state }) => state);
    expect(await tablet.command({ type: 'chain.find', visitor: 2 })).toMatchObject({ code: 'not-allowed' });
  });

  it('asks curators alone about a clock that jumped and faces that cannot be read', async () => {
    const jump = { from: 1, to: 2, faces: 3 };
    live.chain.clockJump = jump;
    live.chain.unreadable = [{ id: '000001-abcdefabcdef', visitor: 1 }];
    const curator = await live.curator().until(({ state }) => state);
    expect(curator.state?.curator).toMatchObject({ clockJump: jump, unreadable: live.chain.unreadable });
    const tablet = await live.page('visitor').until(({ state }) => state);
    expect(tablet.state?.curator).toBeNull();
    expect(await tablet.command({ type: 'chain.confirmClock' })).toMatchObject({ code: 'not-allowed' });
    expect(await curator.command({ type: 'chain.confirmClock' })).toEqual({ status: 'done' });
    expect(live.chain.clockJump).toBeNull();
    expect(await curator.command({ type: 'chain.confirmClock' })).toMatchObject({ code: 'not-found' });
  });

  it('that come too fast are refused, not piled up', async () => {
    const visitor = await live.page('visitor').until(({ state }) => state);
    const answers = await Promise.all(Array.from({ length: 200 }, () => visitor.command({ type: 'keep' })));
    const codes = answers.map((answer) => answer.status === 'refused' && answer.code);
    expect(codes.filter((code) => code === 'rate-limited').length).toBeGreaterThan(20);
    expect(codes[0]).toBe('wrong-state');
  });
});

describe('many pages', () => {
  it('cannot keep a curator out', async () => {
    const pages = Array.from({ length: socketLimits.places.all - socketLimits.curators }, (_, i) =>
      live.page('visitor', { client: `many-pages-${i}` }),
    );
    await Promise.all(pages.map((page) => page.until(({ state }) => state)));
    const late = await live.page('visitor', { client: 'late-one' }).until(({ refused }) => refused);
    expect(late.refused?.code).toBe('too-many');
    const curator = await live.curator().until(({ state }) => state);
    expect((await curator.command({ type: 'set', key: 'pace', value: 20 })).status).toBe('done');
  }, 20_000);
});

describe('a page that asks for everything again and again', () => {
  it('gets it now and then', async () => {
    const page = await live.page('visitor').until(({ state }) => state);
    let wholes = 0;
    page.socket.on('state', () => {
      wholes += 1;
    });
    for (let i = 0; i < 80; i++) page.socket.emit('sync');
    await page.command({ type: 'begin' });
    expect(wholes).toBeGreaterThan(5);
    expect(wholes).toBeLessThan(20);
  });
});

describe('a visit', () => {
  it('shows each page what is its business', async () => {
    const leader = await live.page('visitor', { client: 'tablet-one' }).until(({ state }) => state);
    const other = await live.page('visitor', { client: 'tablet-two' }).until(({ state }) => state);
    const display = await live.page('display').until(({ state }) => state);
    const curator = await live.curator().until(({ state }) => state);
    await leader.command({ type: 'begin' });
    expect(await other.command({ type: 'consent' })).toMatchObject({ code: 'not-your-visit' });
    await leader.command({ type: 'consent', language: 'fr' });
    await leader.until(({ state }) => state?.state === 'framing' && state.visit?.mine);
    await other.until(({ state }) => state?.state === 'framing' && state.visit?.mine === false);
    await leader.command({ type: 'capture' });
    await leader.until(({ state }) => state?.state === 'review');
    live.camera.asked[0].give(photograph);
    await leader.until(({ state }) => state?.visit?.portrait);
    await curator.until(({ state }) => state?.visit?.portrait);
    expect(other.state?.visit?.portrait).toBeNull();
    expect(display.state?.visit?.portrait).toBeNull();
    expect((await leader.command({ type: 'keep' })).status).toBe('accepted');
    await leader.until(({ state }) => state?.visit?.receiptLink);
    expect(leader.state?.visit?.receiptLink).toBe('http://museum:8080/receipt/receipt-1');
    for (let step = 0; step <= 10; step++) live.engine.becomings[0].make(step, step / 10);
    await display.until(({ state }) => (state?.visit?.progress?.step ?? 0) > 0 && state?.curve.length);
    expect(other.state?.visit?.receipt).toBeNull();
    expect(curator.state?.visit?.receipt).toBeNull();
    await curator.command({ type: 'skip' });
    await other.until(({ state }) => state?.state === 'arrived');
    expect(display.state?.visit?.portrait).toBeNull();
    await curator.command({ type: 'attract' });
    await leader.until(({ state }) => state?.farewell);
    await other.until(({ state }) => state?.state === 'attract' && state.farewell === null);
    expect([leader, other, display, curator].map(({ missed }) => missed)).toEqual([0, 0, 0, 0]);
  });

  it('shows the photograph on the wall only where the visitor was told so, whatever is switched on later', async () => {
    const tablet = await live.page('visitor', { client: 'tablet-one' }).until(({ state }) => state);
    const display = await live.page('display').until(({ state }) => state);
    const curator = await live.curator().until(({ state }) => state);
    const beside = (value: boolean) => curator.command({ type: 'set', key: 'portraitBeside', value });
    const arrive = async (visit: number) => {
      await tablet.command({ type: 'consent' });
      await tablet.command({ type: 'capture' });
      await tablet.until(({ state }) => state?.state === 'review');
      live.camera.asked[visit].give(photograph);
      await tablet.until(({ state }) => state?.visit?.portrait);
      await tablet.command({ type: 'keep' });
      for (let step = 0; step <= 10; step++) live.engine.becomings[visit].make(step, step / 10);
      await display.until(({ state }) => (state?.visit?.progress?.step ?? 0) > 0);
      await curator.command({ type: 'skip' });
      await display.until(({ state }) => state?.state === 'arrived');
    };
    await tablet.command({ type: 'begin' });
    await tablet.until(({ state }) => state?.visit);
    await beside(true);
    await tablet.until(({ state }) => state?.parameters.portraitBeside);
    expect(tablet.state?.visit?.beside).toBe(false);
    await arrive(0);
    await display.until(({ state }) => state?.parameters.portraitBeside);
    expect(display.state?.visit?.portrait).toBeNull();
    await curator.command({ type: 'attract' });
    await tablet.command({ type: 'begin' });
    await tablet.until(({ state }) => state?.visit?.beside);
    await arrive(1);
    await display.until(({ state }) => state?.visit?.portrait);
    await beside(false);
    await display.until(({ state }) => state?.visit?.portrait === null);
  });

  it('that staff begin is led by the tablet on which somebody consents; a rehearsal by none', async () => {
    const tablet = await live.page('visitor', { client: 'tablet-one' }).until(({ state }) => state);
    const curator = await live.curator().until(({ state }) => state);
    await curator.command({ type: 'begin' });
    await tablet.until(({ state }) => state?.state === 'greet' && state.visit?.mine);
    await curator.command({ type: 'attract' });
    await tablet.until(({ state }) => state?.state === 'attract');
    live.camera.waits.tell(true);
    await tablet.until(({ state }) => state?.state === 'review');
    expect(tablet.state?.visit?.mine).toBe(false);
    expect(await tablet.command({ type: 'leave' })).toMatchObject({ code: 'not-your-visit' });
    live.camera.waits.tell(false);
    expect(await curator.command({ type: 'leave' })).toEqual({ status: 'done' });
  });

  it('is still led by a tablet that slept and came back', async () => {
    const tablet = await live.page('visitor', { client: 'tablet-one' }).until(({ state }) => state);
    await tablet.command({ type: 'begin' });
    tablet.close();
    const again = await live.page('visitor', { client: 'tablet-one' }).until(({ state }) => state);
    expect(again.state?.visit?.mine).toBe(true);
    expect((await again.command({ type: 'consent' })).status).toBe('done');
  });
});

describe('displays', () => {
  it('report, and show themselves while a curator looks', async () => {
    const display = await live.page('display', { name: 'left' }).until(({ watched }) => watched === false);
    const curator = await live.curator().until(({ state }) => state);
    await display.until(({ watched }) => watched);
    display.socket.emit('report', { width: 1920, height: 1080, fps: 60, latency: 21, skipped: 0 });
    display.socket.emit('thumbnail', Uint8Array.of(0xff, 0xd8, 0xff, 1, 2));
    await curator.until(({ state }) => state?.curator?.displays[0]?.thumbnail);
    expect(curator.state?.curator?.displays[0]).toMatchObject({ name: 'left', fps: 60, latency: 21, sent: 1 });
    curator.close();
    await display.until(({ watched }) => watched === false);
  });
});

describe('garbage', () => {
  it('on the socket changes nothing and ends nothing but its sender', async () => {
    const good = await live.curator().until(({ state }) => state);
    const bad = await live.page('visitor').until(({ state }) => state);
    const emit = bad.socket.emit.bind(bad.socket) as (event: string, ...values: unknown[]) => void;
    const events = ['command', 'sync', 'report', 'thumbnail', 'time', 'nonsense', '__proto__'];
    fc.assert(
      fc.property(fc.constantFrom(...events), fc.array(fc.jsonValue(), { maxLength: 3 }), (event, values) => {
        emit(event, ...values);
        emit(event, Buffer.from(JSON.stringify(values)));
      }),
      { numRuns: 200 },
    );
    await bad.until(({ socket }) => !socket.connected);
    await good.command({ type: 'set', key: 'pace', value: 77 });
    await good.until(({ state }) => state?.parameters.pace === 77);
  });

  it('larger than anything we send closes the connection, not the server', async () => {
    const bad = await live.page('visitor').until(({ state }) => state);
    bad.socket.on('connect_error', () => {});
    const dropped = new Promise((resolve) => bad.socket.once('disconnect', resolve));
    bad.socket.emit('thumbnail', new Uint8Array(4_000_000));
    await dropped;
    await live.page('display').until(({ state }) => state);
  });

  it('below the protocol does no harm either', async () => {
    for (const text of [
      'GET / HTTP/1.1\r\n\r\n',
      '\0\0\0',
      `GET ${routes.control}?EIO=4&transport=websocket HTTP/1.1\r\n`,
    ]) {
      const socket = connect(live.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.end(text);
    }
    await live.page('display').until(({ state }) => state);
  });
});

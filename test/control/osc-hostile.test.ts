import { execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMessage } from '../../server/control/osc/packet.ts';
import { LiveControl } from './live.ts';
import { Controller, until } from './osc-controller.ts';

const hasOscsend = existsSync('/usr/bin/oscsend');
if (!hasOscsend) console.log('OSC types by liblo are skipped: oscsend is not here (Debian package liblo-tools).');

let live: LiveControl;
let good: Controller;
let bad: Controller;
beforeEach(async () => {
  live = await new LiveControl().start();
  good = await new Controller(() => live.osc.port).open();
  bad = await new Controller(() => live.osc.port).open();
});
afterEach(async () => {
  for (const { socket } of [good, bad]) socket.close();
  await live.stop();
});

/** The good one is served within a moment, whatever the bad one has done. */
async function isWell(): Promise<void> {
  good.heard = [];
  good.send('/familiar/ping');
  await good.hears('/familiar/pong');
}

/** Sends 10,000 packets a second for two seconds, from a process of its own; the first argument is the port. */
const flooding = `
  const socket = require('node:dgram').createSocket('udp4');
  const packet = (pace) => {
    const bytes = Buffer.from('/familiar/pace\\0\\0,f\\0\\0\\0\\0\\0\\0');
    bytes.writeFloatBE(pace, 20);
    return bytes;
  };
  socket.on('error', () => {});
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const passed = performance.now() - start;
    for (let i = 0; i < 100 && sent < passed * 10; i++) socket.send(packet(10 + (sent++ % 100)), +process.argv[1]);
    if (passed < 2000) return;
    clearInterval(timer);
    socket.close();
    console.log(sent);
  }, 2);
`;

/** A ping is answered; it is sent again where the kernel had no room for it. */
async function isServed(): Promise<void> {
  good.heard = good.heard.filter(({ address }) => address !== '/familiar/pong');
  for (let tries = 0; good.at('/familiar/pong').length === 0; tries++) {
    if (tries > 100) throw new Error('The good one is not served.');
    good.send('/familiar/ping');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A message by hand: the types as they are, and the bytes of its arguments. */
function message(address: string, types: string, bytes: Uint8Array = Buffer.alloc(0)): Uint8Array {
  const padded = (text: string) => Buffer.from(text + '\0'.repeat(4 - (text.length % 4)), 'latin1');
  return Buffer.concat([padded(address), padded(types), bytes]);
}

function bundle(seconds: number, ...elements: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(16);
  head.write('#bundle\0', 'latin1');
  head.writeUInt32BE(seconds, 8);
  head.writeUInt32BE(seconds === 0 ? 1 : 0, 12);
  const parts = elements.flatMap((element) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(element.byteLength);
    return [size, element];
  });
  return Buffer.concat([head, ...parts]);
}

const float = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatBE(value);
  return bytes;
};

describe('hostile OSC', () => {
  it('of 60 kB, in strings, addresses and bundles, is counted and ignored', async () => {
    const long = 'a'.repeat(60_000);
    const before = live.parameters.values;
    const packets = [
      writeMessage('/familiar/message', [long]),
      writeMessage(`/familiar/${long}`, [1]),
      writeMessage(`/familiar/${'*'.repeat(60_000)}`, [1]),
      bundle(0, ...Array.from({ length: 2_000 }, () => writeMessage('/familiar/skip', []))),
      writeMessage(`/familiar/${'{a,b}'.repeat(60)}`, [1]),
    ];
    await bad.all(packets);
    await until(() => live.osc.health.wrong === packets.length);
    bad.send('/familiar/message', 'a'.repeat(161));
    await bad.hears('/familiar/error', '/familiar/message', 'Message can have 160 characters at most.');
    expect(live.parameters.values).toBe(before);
    await isWell();
  });

  it('nested without end, or lying about its sizes, is counted and ignored', async () => {
    let nested = writeMessage('/familiar/blackout', [1]);
    for (let i = 0; i < 200; i++) nested = bundle(0, nested);
    bad.raw(nested);
    const lying = Buffer.from(bundle(0, writeMessage('/familiar/blackout', [1])));
    lying.writeUInt32BE(0x7fff_ffff, 16);
    bad.raw(lying);
    await until(() => live.osc.health.wrong === 2);
    expect(live.parameters.values.blackout).toBe(false);
    await isWell();
  });

  it('of numbers that are none changes nothing', async () => {
    const before = live.parameters.values;
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3.4e38, -1e-40]) {
      for (const address of ['pace', 'brightness', 'blackout', 'look', 'message', 'preset', 'subscribe', 'skip']) {
        if (address === 'skip' && value > 0) continue;
        if (address === 'subscribe' && value === Number.POSITIVE_INFINITY) continue;
        bad.raw(message(`/familiar/${address}`, ',f', float(value)));
      }
    }
    bad.send('/familiar/ping');
    await bad.hears('/familiar/pong');
    // -1e-40 is nearly, but not quite, a brightness.
    expect(live.parameters.values).toBe(before);
    expect(live.osc.health.subscribers).toBe(0);
    expect(live.installation.state.name).toBe('attract');
    await bad.hears('/familiar/error', '/familiar/pace', 'Pace must be between 5 and 600 s.');
    await isWell();
  });

  it('of odd types is understood where it makes sense, and ignored where not', async () => {
    const long = Buffer.alloc(8);
    long.writeBigInt64BE(44n);
    bad.raw(message('/familiar/pace', ',h', long));
    await until(() => live.parameters.values.pace === 44);
    long.writeBigInt64BE(2n ** 62n);
    bad.raw(message('/familiar/pace', ',h', long));
    await bad.hears('/familiar/error', '/familiar/pace', 'Pace must be between 5 and 600 s.');
    const double = Buffer.alloc(8);
    double.writeDoubleBE(0.25);
    bad.raw(message('/familiar/brightness', ',d', double));
    await until(() => live.parameters.values.brightness === 0.25);
    // What Max sends as a bang.
    bad.raw(message('/familiar/begin', ',I'));
    await until(() => live.installation.state.name === 'greet');
    bad.raw(message('/familiar/attract', ',N'));
    await until(() => live.installation.state.name === 'attract');
    const before = live.osc.health.wrong;
    const odd = [
      message('/familiar/pace', ',b', Buffer.from([0, 0, 0, 4, 1, 2, 3, 4])),
      message('/familiar/pace', ',b', Buffer.from([0x7f, 0xff, 0xff, 0xff, 1, 2, 3, 4])),
      message('/familiar/pace', ',[f]', float(30)),
      message('/familiar/pace', ',r', Buffer.alloc(4)),
      message('/familiar/pace', ',m', Buffer.alloc(4)),
      message('/familiar/pace', ',t', Buffer.alloc(8)),
      message('/familiar/pace', `,${'i'.repeat(500)}`, Buffer.alloc(2_000)),
      message('familiar/pace', ',f', float(30)),
    ];
    await bad.all(odd);
    await until(() => live.osc.health.wrong === before + odd.length);
    expect(live.parameters.values.pace).toBe(44);
    await isWell();
  });

  it('far ahead in time does not wait here, and what waits is bounded', async () => {
    const now = Math.floor(Date.now() / 1_000) + 2_208_988_800;
    bad.raw(bundle(now + 3_600, writeMessage('/familiar/blackout', [1])));
    bad.raw(bundle(0xffff_ffff, writeMessage('/familiar/blackout', [1])));
    const far = 'The time tag lies more than a minute ahead.';
    await until(() => bad.heard.filter(({ values }) => values[1] === far).length === 2);
    const many = Array.from({ length: 250 }, () => writeMessage('/familiar/freeze', [1]));
    for (let i = 0; i < 3; i++) bad.raw(bundle(now + 50, ...many));
    await bad.hears('/familiar/error', '/familiar/freeze', 'Too many messages wait for their time already.');
    good.raw(bundle(now + 1, writeMessage('/familiar/pace', [33])));
    await until(() => live.parameters.values.pace === 33);
    expect(live.parameters.values).toMatchObject({ freeze: false, blackout: false });
  });

  it('that subscribes without end finds few places, and takes nobody else’s work', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const socket = createSocket('udp4');
        await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
        socket.send(writeMessage('/familiar/subscribe', []), live.osc.port, '127.0.0.1');
        return socket;
      }),
    );
    await bad.all(Array.from({ length: 500 }, (_, i) => writeMessage('/familiar/subscribe', [{ integer: 2_000 + i }])));
    await isWell();
    await new Promise((resolve) => setTimeout(resolve, 200));
    bad.send('/familiar/ping');
    await bad.hears('/familiar/pong');
    expect(live.osc.health.subscribers).toBe(8);
    good.send('/familiar/subscribe');
    await good.hears('/familiar/state', 'attract');
    await isWell();
    for (const socket of sockets) socket.close();
  });

  it('of 10,000 packets a second leaves others served, the processor free and the log short', async () => {
    good.send('/familiar/subscribe');
    await good.hears('/familiar/state', 'attract');
    let changes = 0;
    live.parameters.onChange(() => {
      changes += 1;
    });
    const processor = process.cpuUsage();
    const start = performance.now();
    const flood = spawn(process.execPath, ['-e', flooding, String(live.osc.port)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let ended = false;
    let sent = '';
    flood.stdout.on('data', (text) => {
      sent += text;
    });
    flood.on('close', () => {
      ended = true;
    });
    while (!ended) {
      await isServed();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const seconds = (performance.now() - start) / 1_000;
    const { user, system } = process.cpuUsage(processor);
    expect(Number(sent)).toBeGreaterThan(10_000);
    // A burst, and after that what one sender may.
    expect(changes).toBeLessThan(1_000 + 500 * seconds + 1);
    expect((user + system) / 1e6 / seconds).toBeLessThan(0.9);
    expect(live.osc.health.wrong).toBeGreaterThan(1_000);
    expect(live.log.lines.filter(({ message }) => message.includes('too fast'))).toHaveLength(1);
    // The values were told to the good one at the pace of a screen, and the last one is right.
    await until(() => good.at('/familiar/pace').at(-1) === live.parameters.values.pace);
  });

  it('from who is not on the list is not heard, however often, and told of once', async () => {
    await live.stop();
    live = await new LiveControl({ allow: ['192.168.1.0/24', '::1'] }).start();
    await bad.all(Array.from({ length: 500 }, () => writeMessage('/familiar/blackout', [1])));
    await bad.all([writeMessage('/familiar/subscribe', [])]);
    await until(() => live.osc.health.wrong === 501);
    expect(live.parameters.values.blackout).toBe(false);
    expect(live.osc.health.subscribers).toBe(0);
    expect(bad.heard).toEqual([]);
    expect(live.log.lines.filter(({ message }) => message.includes('is ignored'))).toHaveLength(1);
  });
});

describe('a dragged fader', () => {
  it('is not pulled back, and all others follow it', async () => {
    for (const controller of [good, bad]) {
      controller.send('/familiar/subscribe');
      await controller.hears('/familiar/pace', 60);
      controller.heard = [];
    }
    for (let i = 0; i < 30; i++) {
      good.send('/familiar/pace', 100 + i);
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    const dragged = performance.now();
    expect(good.at('/familiar/pace')).toEqual([]);
    expect(bad.at('/familiar/pace').length).toBeGreaterThan(3);
    await good.hears('/familiar/pace', 129);
    expect(performance.now() - dragged).toBeGreaterThan(200);
    expect(good.at('/familiar/pace')).toEqual([129]);
    await bad.hears('/familiar/pace', 129);
    const gaps = bad.heard.filter(({ address }) => address === '/familiar/pace').map(({ at }) => at);
    expect(gaps.length).toBeLessThan(30);
    good.send('/familiar/pace', 1);
    await good.hears('/familiar/error', '/familiar/pace', 'Pace must be between 5 and 600 s.');
    await until(() => good.at('/familiar/pace').length === 2);
    expect(good.at('/familiar/pace')).toEqual([129, 129]);
  });
});

describe.skipIf(!hasOscsend)('liblo’s types', () => {
  it('are all understood', async () => {
    const send = (...words: string[]) => execFileSync('oscsend', ['127.0.0.1', String(live.osc.port), ...words]);
    for (const [type, text, pace] of [
      ['i', '21', 21],
      ['h', '22', 22],
      ['f', '23.5', 23.5],
      ['d', '24.25', 24.25],
    ] as const) {
      send('/familiar/pace', type, text);
      await until(() => live.parameters.values.pace === pace);
    }
    send('/familiar/freeze', 'T');
    await until(() => live.parameters.values.freeze);
    send('/familiar/freeze', 'F');
    await until(() => !live.parameters.values.freeze);
    send('/familiar/look', 'S', 'grain');
    await until(() => live.parameters.values.look === 'grain');
    send('/familiar/begin', 'I');
    await until(() => live.installation.state.name === 'greet');
    send('/familiar/attract', 'N');
    await until(() => live.installation.state.name === 'attract');
    const wrong = live.osc.health.wrong;
    send('/familiar/pace', 'm', '01020304');
    send('/familiar/pace', 'c', 'x');
    send('/familiar/pace', 'fc', '30', 'x');
    await until(() => live.osc.health.wrong === wrong + 3);
    expect(live.parameters.values.pace).toBe(24.25);
  });
});

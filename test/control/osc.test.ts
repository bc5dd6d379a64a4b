import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../server/config/read-config.ts';
import { OscControl } from '../../server/control/osc/osc-control.ts';
import { writeMessage } from '../../server/control/osc/packet.ts';
import { systemClock } from '../../server/installation/ports.ts';
import type { Moment } from '../../server/installation/runner.ts';
import { LiveControl } from './live.ts';
import { Controller, until } from './osc-controller.ts';

const run = promisify(execFile);
const hasLiblo = ['oscsend', 'oscdump'].every((tool) => existsSync(`/usr/bin/${tool}`));
if (!hasLiblo) console.log('OSC with liblo is skipped: oscsend and oscdump are not here (Debian package liblo-tools).');

let live: LiveControl;
beforeEach(async () => {
  live = await new LiveControl().start();
});
afterEach(() => live.stop());

describe('a controller', () => {
  let controller: Controller;
  beforeEach(async () => {
    controller = await new Controller(() => live.osc.port).open();
  });
  afterEach(() => {
    controller.socket.close();
  });

  it('is answered', async () => {
    controller.send('/familiar/ping');
    await controller.hears('/familiar/pong');
    controller.send('/familiar/pace', 30);
    await controller.hears('/familiar/ok', '/familiar/pace');
    expect(live.parameters.values.pace).toBe(30);
    controller.send('/familiar/pace');
    await controller.hears('/familiar/pace', 30);
    controller.send('/familiar/pace', 3);
    await controller.hears('/familiar/error', '/familiar/pace', 'Pace must be between 5 and 600 s.');
    controller.send('/familiar/pace', 'fast');
    await controller.hears('/familiar/error', '/familiar/pace', 'Pace must be a number.');
    controller.send('/familiar/pase', 3);
    await controller.hears(
      '/familiar/error',
      '/familiar/pase',
      'There is no such address; did you mean /familiar/pace?',
    );
    controller.send('/familiar/skip', 1, 2);
    const takes = '/familiar/skip takes no argument, or the 1 of a button.';
    await controller.hears('/familiar/error', '/familiar/skip', takes);
    controller.send('/familiar/skip', 'now');
    await until(() => controller.heard.filter(({ values }) => values[1] === takes).length === 2);
    expect(live.osc.health.wrong).toBe(1);
  });

  it('chooses by name or place, switches by number, and its button’s release does nothing', async () => {
    controller.send('/familiar/look', 'grain');
    await until(() => live.parameters.values.look === 'grain');
    controller.send('/familiar/look', 1);
    await until(() => live.parameters.values.look === 'painterly');
    controller.send('/familiar/freeze', 1);
    await until(() => live.parameters.values.freeze === true);
    controller.send('/familiar/brightness', 0.1);
    await until(() => live.parameters.values.brightness === 0.1);
    controller.send('/familiar/direction/age', -1.5);
    await until(() => live.parameters.values['direction.age'] === -1.5);
    controller.send('/familiar/begin', 0);
    controller.send('/familiar/ping');
    await controller.hears('/familiar/pong');
    expect(live.installation.state.name).toBe('attract');
    controller.send('/familiar/begin', 1);
    await until(() => live.installation.state.name === 'greet');
  });

  it('cannot consent for a visitor', async () => {
    controller.send('/familiar/begin');
    controller.send('/familiar/consent');
    await controller.hears('/familiar/error', '/familiar/consent', 'There is no such address.');
  });

  it('that subscribes is told all there is, and then what changes', async () => {
    controller.send('/familiar/subscribe');
    await controller.hears('/familiar/state', 'attract');
    await controller.hears('/familiar/pace', 60);
    await controller.hears('/familiar/caption', 1);
    live.parameters.set('pace', 12, 'curator');
    await controller.hears('/familiar/pace', 12);
    controller.send('/familiar/begin');
    await controller.hears('/familiar/state', 'greet');
    expect(live.osc.health.subscribers).toBe(1);
    controller.send('/familiar/unsubscribe');
    await until(() => live.osc.health.subscribers === 0);
    controller.send('/familiar/subscribe', 70_000);
    await controller.hears(
      '/familiar/error',
      '/familiar/subscribe',
      'The argument must be a port from 1024 to 65535, or none.',
    );
  });

  it('may subscribe with a button, which sends 1 and then 0', async () => {
    controller.send('/familiar/subscribe', 0);
    controller.send('/familiar/ping', 0);
    controller.send('/familiar/ping', 1);
    await controller.hears('/familiar/pong');
    expect(live.osc.health.subscribers).toBe(0);
    expect(controller.heard).toHaveLength(1);
    for (const press of [1, true, 127]) {
      controller.send('/familiar/subscribe', press);
      controller.send('/familiar/subscribe', press === true ? false : 0);
      await until(() => live.osc.health.subscribers === 1);
      await controller.hears('/familiar/state', 'attract');
      controller.send('/familiar/unsubscribe', press);
      controller.send('/familiar/unsubscribe', 0);
      await until(() => live.osc.health.subscribers === 0);
      controller.heard = [];
    }
    const listener = await new Controller(() => live.osc.port).open();
    controller.send('/familiar/subscribe', listener.port, 1);
    controller.send('/familiar/subscribe', listener.port, 0);
    await listener.hears('/familiar/state', 'attract');
    controller.send('/familiar/unsubscribe', String(listener.port));
    await until(() => live.osc.health.subscribers === 0);
    listener.socket.close();
  });

  it('gives each command once, however its button is let go', async () => {
    for (const [pressed, released] of [
      [1, 0],
      [true, false],
      [0.8, 0],
      [127, -1],
    ] as const) {
      controller.heard = [];
      controller.send('/familiar/begin', pressed);
      controller.send('/familiar/begin', released);
      await controller.hears('/familiar/ok', '/familiar/begin');
      expect(live.installation.state.name).toBe('greet');
      controller.send('/familiar/attract', pressed);
      controller.send('/familiar/attract', released);
      await controller.hears('/familiar/ok', '/familiar/attract');
      controller.send('/familiar/ping');
      await controller.hears('/familiar/pong');
      expect(live.installation.state.name).toBe('attract');
      expect(controller.heard.map(({ address }) => address)).toEqual([
        '/familiar/ok',
        '/familiar/ok',
        '/familiar/pong',
      ]);
    }
    controller.send('/familiar/preset/save', 'Evening', 1);
    controller.send('/familiar/preset/save', 'Evening', 0);
    await controller.hears('/familiar/ok', '/familiar/preset/save');
    expect(controller.at('/familiar/ok').filter((of) => of === '/familiar/preset/save')).toHaveLength(1);
  });

  it('is told what it asks for, and its own feedback comes back to nobody', async () => {
    controller.send('/familiar/state');
    await controller.hears('/familiar/state', 'attract');
    controller.send('/familiar/visitor');
    await controller.hears('/familiar/visitor', 0);
    const heard = controller.heard.length;
    controller.send('/familiar/state', 'attract');
    controller.send('/familiar/error', '/familiar/x', 'why');
    controller.send('/familiar/ok', '/familiar/pace');
    controller.send('/familiar/loop');
    await until(() => live.osc.health.wrong === 4);
    expect(controller.heard).toHaveLength(heard);
  });

  it('cannot make the piece talk to itself', async () => {
    controller.send('/familiar/subscribe', live.osc.port);
    await controller.hears(
      '/familiar/error',
      '/familiar/subscribe',
      'This is the port of the piece itself: it would talk to itself.',
    );
  });

  it('may use presets', async () => {
    live.parameters.set('pace', 12, 'curator');
    controller.send('/familiar/preset/save', 'Evening');
    await controller.hears('/familiar/ok', '/familiar/preset/save');
    live.parameters.set('pace', 99, 'curator');
    controller.send('/familiar/preset', 'Evening');
    await until(() => live.parameters.values.pace === 12);
  });

  it('sets like values with one pattern, and with none does anything else', async () => {
    controller.send('/familiar/{pace,hold}', 22);
    await until(() => live.parameters.values.pace === 22 && live.parameters.values.hold === 22);
    controller.send('/familiar/direction/*', 1);
    await until(() => live.parameters.values['direction.age'] === 1);
    const before = live.parameters.values;
    const error = async (pattern: string, reason: string, ...values: (number | string)[]) => {
      controller.send(pattern, ...values);
      await controller.hears('/familiar/error', pattern, reason);
    };
    const alone = (address: string) => `${address} is never meant by a pattern: write it out.`;
    for (const values of [[], [1], [0], ['x']]) {
      await error('/familiar/*', alone('/familiar/begin'), ...values);
      await error('/familiar/[a-z]*', alone('/familiar/begin'), ...values);
      await error('/familiar/{capture,pace}', alone('/familiar/capture'), ...values);
      await error('/familiar/ski?', alone('/familiar/skip'), ...values);
      await error('/familiar/blackou*', alone('/familiar/blackout'), ...values);
      await error('/familiar/preset/*', alone('/familiar/preset/save'), ...values);
      await error('//skip', '“//” is not understood: write the address out, or use *.', ...values);
      await error('/nobody/*', 'No address is like this.', ...values);
    }
    await error('/familiar/{pace,hold}', 'A pattern needs a value. To be told all values, subscribe.');
    const differ = 'A pattern sets values of one kind: /familiar/pace and /familiar/portrait differ.';
    await error('/familiar/{pace,portrait}', differ, 1);
    expect(live.parameters.values).toBe(before);
    expect(live.installation.state.name).toBe('attract');
  });

  it('may send bundles that wait for their time', async () => {
    const tag = (at: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32BE(Math.floor(at / 1_000) + 2_208_988_800);
      bytes.writeUInt32BE(Math.floor(((at % 1_000) / 1_000) * 2 ** 32), 4);
      return bytes;
    };
    const bundle = (at: number, message: Uint8Array) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(message.byteLength);
      return Buffer.concat([Buffer.from('#bundle\0'), tag(at), size, message]);
    };
    const sent = Date.now();
    controller.raw(bundle(sent + 300, writeMessage('/familiar/pace', [21])));
    controller.raw(bundle(sent - 9_000, writeMessage('/familiar/hold', [21])));
    controller.raw(bundle(sent + 3_600_000, writeMessage('/familiar/countdown', [1])));
    await until(() => live.parameters.values.hold === 21);
    expect(live.parameters.values.pace).toBe(60);
    await until(() => live.parameters.values.pace === 21);
    expect(Date.now() - sent).toBeGreaterThanOrEqual(295);
    await controller.hears('/familiar/error', '/familiar/countdown', 'The time tag lies more than a minute ahead.');
  });

  it('that sends garbage is counted, and nothing else happens', async () => {
    const packets = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 80 }), 100);
    for (const packet of packets) controller.raw(packet);
    await until(() => live.osc.health.wrong >= 95);
    controller.send('/familiar/ping');
    await controller.hears('/familiar/pong');
  });
});

describe('a subscriber', () => {
  it('hears a whole visit, steered over OSC but for the consent', async () => {
    const desk = await new Controller(() => live.osc.port).open();
    const states: string[] = [];
    live.installation.onChange(() => {
      const { name } = live.installation.state;
      if (states.at(-1) !== name) states.push(name);
    });
    desk.send('/familiar/subscribe');
    await desk.hears('/familiar/state', 'attract');
    desk.heard = [];
    desk.send('/familiar/begin', 1);
    await desk.hears('/familiar/state', 'greet');
    const tablet = await live.page('visitor').until(({ state }) => state);
    await tablet.command({ type: 'consent' });
    await desk.hears('/familiar/state', 'framing');
    desk.send('/familiar/capture', 1);
    await until(() => live.camera.asked.length === 1);
    live.camera.asked[0].give({ bytes: Uint8Array.of(9, 9), at: 1 });
    await tablet.until(({ state }) => state?.visit?.portrait);
    desk.send('/familiar/keep', 1);
    await desk.hears('/familiar/state', 'becoming');
    await until(() => live.engine.becomings.length === 1);
    for (let step = 0; step <= 10; step++) live.engine.becomings[0].make(step, step / 10);
    await until(() => Number(desk.at('/familiar/likeness').at(-1)) > 0 && Number(desk.at('/familiar/step').at(-1)) > 0);
    await desk.hears('/familiar/handover', 1);
    desk.send('/familiar/skip', 1);
    await desk.hears('/familiar/state', 'arrived');
    await until(() => desk.at('/familiar/state').length === states.length);
    // Even those that lasted no time at all.
    expect(desk.at('/familiar/state')).toEqual(states);
    desk.socket.close();
  });

  it('hears that the loop has come round', async () => {
    const heard = new Set<(moment: Moment) => void>();
    const loop = new OscControl({
      config: { ...defaultConfig().osc, host: '127.0.0.1', port: 0 },
      control: live.control,
      parameters: live.parameters,
      installation: {
        state: live.installation.state,
        onChange: () => () => {},
        onMoment: (listener) => {
          heard.add(listener);
          return () => heard.delete(listener);
        },
      },
      log: live.log,
      clock: systemClock,
      onChange: () => {},
    });
    await loop.start();
    const desk = await new Controller(() => loop.port).open();
    desk.send('/familiar/subscribe');
    await desk.hears('/familiar/state', 'attract');
    for (const tell of heard) tell({ type: 'loop-end' });
    await desk.hears('/familiar/loop');
    desk.socket.close();
    await loop.stop();
    expect(heard.size).toBe(0);
  });
});

describe('strangers', () => {
  it('are not heard, and the log says how to let them in', async () => {
    await live.stop();
    live = await new LiveControl({ allow: ['192.168.1.0/24'] }).start();
    const controller = await new Controller(() => live.osc.port).open();
    controller.send('/familiar/pace', 30);
    await until(() => live.osc.health.wrong === 1);
    expect(live.parameters.values.pace).toBe(60);
    expect(live.log.lines.at(-1)?.message).toContain('OSC from 127.0.0.1 is ignored');
    controller.socket.close();
  });

  it('on the same port are a clear error', async () => {
    const other = new LiveControl({ port: live.osc.port });
    await expect(other.osc.start()).rejects.toMatchObject({
      code: 'OSC_PORT',
      message: expect.stringContaining('is used by another program'),
    });
  });
});

describe.skipIf(!hasLiblo)('liblo’s oscsend and oscdump', () => {
  let dump: ChildProcess;
  let lines = '';
  const port = 20_000 + (process.pid % 20_000);
  const send = (...words: string[]) => run('oscsend', ['127.0.0.1', String(live.osc.port), ...words]);

  beforeEach(async () => {
    lines = '';
    dump = spawn('stdbuf', ['-oL', 'oscdump', '-L', String(port)]);
    dump.stdout?.on('data', (data) => {
      lines += data;
    });
    // It says nothing when it is ready: ask until it hears.
    const end = Date.now() + 30_000;
    while (!lines.includes('/familiar/ok') && Date.now() < end) {
      await send('/familiar/subscribe', 'i', String(port));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  afterEach(() => {
    dump.kill();
  });

  it('speak with us', async () => {
    await until(() => /\/familiar\/state s "attract"/.test(lines) && /\/familiar\/pace f 60\.0/.test(lines));
    await send('/familiar/pace', 'f', '30');
    await until(() => /\/familiar\/ok s "\/familiar\/pace"/.test(lines) && /\/familiar\/pace f 30\.0/.test(lines));
    expect(live.parameters.values.pace).toBe(30);
    await send('/familiar/pace', 'i', '45');
    await until(() => live.parameters.values.pace === 45);
    await send('/familiar/blackout', 'T');
    await until(() => /\/familiar\/blackout i 1/.test(lines));
    await send('/familiar/look', 's', 'painterly');
    await until(() => /\/familiar\/look s "painterly"/.test(lines));
    await send('/familiar/message', 's', 'zurück');
    await until(() => live.parameters.values.message === 'zurück');
    await send('/familiar/pace', 's', 'quick');
    await until(() => /\/familiar\/error ss "\/familiar\/pace" "Pace must be a number\."/.test(lines));
    await send('/familiar/ping');
    await until(() => /\/familiar\/pong/.test(lines));
    await send('/familiar/capture');
    await until(() => /\/familiar\/error ss "\/familiar\/capture"/.test(lines));
  });
});

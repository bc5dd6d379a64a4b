import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { readPacket, writeMessage } from '../../server/control/osc/packet.ts';
import { LiveControl } from './live.ts';
import { Controller, until } from './osc-controller.ts';
import { wildPackets } from './osc-wild.ts';

describe('OSC as programs send it', () => {
  it.each(wildPackets)('$name', ({ packet, says, unread = [] }) => {
    const found = readPacket(packet);
    expect(found?.messages.map(({ address, values }) => [address, ...values])).toEqual(says);
    expect(found?.unread.map(({ address }) => address)).toEqual(unread);
  });
});

describe('a bundle with something that is not understood', () => {
  it('does the rest, and answers what it leaves out', async () => {
    const live = await new LiveControl().start();
    const desk = await new Controller(() => live.osc.port).open();
    desk.raw(wildPackets[0].packet);
    await desk.hears('/familiar/ok', '/familiar/look');
    expect(live.parameters.values).toMatchObject({ pace: 30, look: 'grain' });
    await desk.hears('/familiar/error', '/familiar/image', 'Type b (blob) is not understood here.');
    await desk.hears('/familiar/error', '/familiar/colour', 'Type r (colour) is not understood here.');
    expect(live.osc.health.wrong).toBe(2);
    desk.socket.close();
    await live.stop();
  });
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
if (!hasIpv6) console.log('OSC over IPv6 is skipped: this computer has no address ::1.');

describe('OSC over IPv6', () => {
  let live: LiveControl;
  const sockets: Socket[] = [];
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    await live.stop();
  });

  async function heardBy(family: 'udp4' | 'udp6', host: string, address: string): Promise<() => string[]> {
    const socket = createSocket(family);
    sockets.push(socket);
    const heard: string[] = [];
    socket.on('message', (packet) => heard.push(...(readPacket(packet)?.messages ?? []).map((one) => one.address)));
    socket.bind(0, host);
    await once(socket, 'listening');
    socket.send(writeMessage(address, []), live.osc.port, host);
    return () => heard;
  }

  it.skipIf(!hasIpv6)('comes to the same port as over IPv4, and each is answered where it came from', async () => {
    live = await new LiveControl({ host: '0.0.0.0', allow: ['127.0.0.1'] }).start();
    const six = await heardBy('udp6', '::1', '/familiar/subscribe');
    const four = await heardBy('udp4', '127.0.0.1', '/familiar/subscribe');
    for (const heard of [six, four]) {
      await until(() => heard().includes('/familiar/ok') && heard().includes('/familiar/state'));
    }
    expect(live.osc.health).toMatchObject({ subscribers: 2, wrong: 0 });
  });

  it.skipIf(!hasIpv6)('is for strangers no way around the list', async () => {
    live = await new LiveControl({ host: '0.0.0.0', allow: ['192.168.1.0/24'] }).start();
    await heardBy('udp6', '::1', '/familiar/subscribe');
    await heardBy('udp4', '127.0.0.1', '/familiar/subscribe');
    await until(() => live.osc.health.wrong === 2);
    expect(live.osc.health.subscribers).toBe(0);
    expect(live.log.lines.map(({ message }) => message).join()).not.toContain('::ffff:');
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { type Camera, createCamera } from '../../server/camera/camera.ts';
import { TabletLink } from '../../server/camera/tablet-link.ts';
import { defaultConfig } from '../../server/config/read-config.ts';
import { localDecoder } from '../../server/image/decoder.ts';
import { encodeJpeg } from '../../server/image/encode.ts';
import type { Preview } from '../../server/installation/ports.ts';
import { type CameraOrder, type CameraReport, parseCameraOrder } from '../../server/protocol/camera-link.ts';
import { decodeAck, encodeFrame, type FrameHeader } from '../../server/protocol/frame.ts';
import { heartbeat, heartbeatIntervalMs } from '../../server/protocol/heartbeat.ts';

const never = new AbortController().signal;
const config = {
  mirror: true,
  device: '',
  width: 640,
  height: 480,
  fps: 30,
  webcam: '',
  folder: 'photographs',
  troubleAfter: 1,
};
let server: Server;
let camera: Camera;
let tablets: Tablet[];

/** A tablet as cruel as one gets: it does what the test says, and nothing else. */
class Tablet {
  readonly socket: WebSocket;
  readonly orders: CameraOrder[] = [];
  readonly acks: number[] = [];
  closed: number | null = null;

  constructor(client: string, version = 1) {
    const { port } = server.address() as AddressInfo;
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/camera?v=${version}&client=${client}`);
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        const ack = decodeAck(data);
        if (ack.ok) this.acks.push(ack.value);
        return;
      }
      const order = parseCameraOrder(data.toString());
      if (order.ok) this.orders.push(order.value);
    });
    this.socket.on('close', (code) => {
      this.closed = code;
    });
    this.socket.on('error', () => {
      this.closed ??= -1;
    });
    tablets.push(this);
  }

  async opened(): Promise<this> {
    await expect.poll(() => this.socket.readyState).toBe(WebSocket.OPEN);
    return this;
  }

  report(report: CameraReport): void {
    this.socket.send(JSON.stringify(report));
  }

  send(kind: FrameHeader['kind'], sequence: number, bytes: Uint8Array): void {
    const header: FrameHeader = {
      sequence,
      capturedAt: 1,
      encoding: 'jpeg',
      kind,
      width: 64,
      height: 48,
      state: 'framing',
      blend: 0,
      visitor: 0,
      likeness: null,
    };
    this.socket.send(encodeFrame(header, bytes));
  }
}

const ready: CameraReport = { type: 'ready', label: 'front', width: 1280, height: 720 };
const picture = (k: number) =>
  encodeJpeg({ width: 64, height: 48, data: Uint8Array.from({ length: 9_216 }, (_, i) => (i * k) % 256) });

beforeEach(async () => {
  tablets = [];
  camera = createCamera(
    { ...defaultConfig(), camera: config },
    (path) => join(tmpdir(), 'familiar-never', path),
    'browser',
    localDecoder,
  );
  server = createServer();
  server.on('upgrade', (request, socket, head) => camera.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await camera.close();
  for (const { socket } of tablets) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

describe('a tablet that lends its camera', () => {
  it('hears a heartbeat while nothing is asked of it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { socket } = await new Tablet('one').opened();
    const texts: string[] = [];
    socket.on('message', (data: Buffer) => texts.push(data.toString()));
    vi.advanceTimersByTime(heartbeatIntervalMs);
    vi.useRealTimers();
    await expect.poll(() => texts).toEqual([heartbeat]);
  });

  it('shows previews only while they are wanted, and only of the tablet that leads', async () => {
    expect(camera.health.message).toMatch(/Waiting for a tablet/);
    const [leading, other] = [await new Tablet('a').opened(), await new Tablet('b').opened()];
    leading.report(ready);
    other.report(ready);
    await expect.poll(() => camera.health.level).toBe('good');
    const previews: Preview[] = [];
    camera.onPreview((preview) => previews.push(preview));
    leading.send('preview', 1, await picture(3));
    await expect.poll(() => leading.acks).toEqual([1]);
    expect(previews).toEqual([]);
    camera.setPreview(true, 'a');
    await expect.poll(() => leading.orders.at(-1)?.type).toBe('start');
    other.send('preview', 1, await picture(5));
    leading.send('preview', 2, await picture(7));
    await expect.poll(() => previews.length).toBe(1);
    expect(Buffer.from(previews[0].bytes)).toEqual(await picture(7));
    camera.setPreview(false, null);
    await expect.poll(() => leading.orders.at(-1)?.type).toBe('stop');
    expect(other.orders).toEqual([]);
  });

  it('takes a photograph, which only it may answer', async () => {
    const [leading, other] = [await new Tablet('a').opened(), await new Tablet('b').opened()];
    leading.report(ready);
    await expect.poll(() => camera.health.level).toBe('good');
    const still = camera.takeStill('a', never);
    await expect.poll(() => leading.orders.length).toBe(1);
    const [order] = leading.orders;
    const id = order.type === 'still' ? order.id : 0;
    other.send('still', id, await picture(9));
    await expect.poll(() => other.acks.length).toBe(1);
    leading.send('still', id, await picture(3));
    expect(Buffer.from((await still).bytes)).toEqual(await picture(3));
  });

  it('that fails, goes away or denies its camera says so', async () => {
    await expect(camera.takeStill('a', never)).rejects.toMatchObject({ code: 'CAMERA_UNAVAILABLE' });
    const tablet = await new Tablet('a').opened();
    tablet.report(ready);
    await expect.poll(() => camera.health.level).toBe('good');
    const failing = camera.takeStill('a', never);
    tablet.report({ type: 'trouble', trouble: 'failed', message: 'x' });
    await expect(failing).rejects.toMatchObject({ code: 'CAMERA_FAILED' });
    expect(camera.health.level).toBe('good');
    const abort = new AbortController();
    const unwanted = camera.takeStill('a', abort.signal);
    abort.abort();
    await expect(unwanted).rejects.toMatchObject({ code: 'CAMERA_ABORTED' });
    const leaving = camera.takeStill('a', never);
    tablet.socket.terminate();
    await expect(leaving).rejects.toMatchObject({ code: 'CAMERA_UNAVAILABLE' });
    const denied = await new Tablet('a').opened();
    denied.report({ type: 'trouble', trouble: 'denied', message: 'x' });
    await expect.poll(() => camera.health.message).toMatch(/Allow it/);
    await expect(camera.takeStill('a', never)).rejects.toThrow(/Allow it/);
  });

  it('that freezes or falls silent is noticed, and comes back by itself', async () => {
    const tablet = await new Tablet('a').opened();
    tablet.report(ready);
    camera.setPreview(true, 'a');
    const frozen = await picture(3);
    let sequence = 0;
    const send = setInterval(() => tablet.send('preview', ++sequence, frozen), 100);
    await expect.poll(() => camera.health.message).toMatch(/same picture/);
    clearInterval(send);
    await expect.poll(() => camera.health.message).toMatch(/no picture/);
    const living = setInterval(async () => tablet.send('preview', ++sequence, await picture((sequence % 50) + 3)), 100);
    await expect.poll(() => camera.health.level).toBe('good');
    clearInterval(living);
  });

  it('is asked again when it comes back in the middle of its visit', async () => {
    camera.setPreview(true, 'a');
    const first = await new Tablet('a').opened();
    await expect.poll(() => first.orders.at(-1)?.type).toBe('start');
    const second = await new Tablet('a').opened();
    await expect.poll(() => second.orders.at(-1)?.type).toBe('start');
    await expect.poll(() => first.closed).toBe(1000);
  });

  it('is alone in taking the photograph of its visit, also while it is away', async () => {
    const [leading, other] = [await new Tablet('a').opened(), await new Tablet('b').opened()];
    for (const tablet of [leading, other]) tablet.report(ready);
    camera.setPreview(true, 'a');
    await expect.poll(() => leading.orders.length).toBeGreaterThan(0);
    leading.socket.terminate();
    await expect.poll(() => camera.health).toMatchObject({ level: 'trouble', message: expect.stringMatching(/lost/) });
    await expect(camera.takeStill('a', never)).rejects.toMatchObject({ code: 'CAMERA_UNAVAILABLE' });
    expect(other.orders).toEqual([]);
  });

  it('breaks nothing by bytes that are no WebSocket, of whatever version it says it is', async () => {
    const { port } = server.address() as AddressInfo;
    for (const version of [1, 2]) {
      const raw = connect(port, '127.0.0.1');
      let answer = '';
      raw.on('data', (data) => (answer += data.toString('latin1')));
      raw.on('error', () => undefined);
      raw.write(
        `GET /camera?v=${version}&client=abcdefgh HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await expect.poll(() => answer).toContain('101');
      // A frame without the mask that clients must use.
      raw.write(Uint8Array.of(0x81, 0x01, 0x61));
      await once(raw, 'close');
    }
    expect((await new Tablet('a').opened()).closed).toBeNull();
  });

  it('of another version, without a name or that sends nonsense is sent away', async () => {
    const old = new Tablet('a', 2);
    const nameless = new Tablet('');
    const mad = await new Tablet('c').opened();
    for (let i = 0; i < 30; i++) mad.socket.send(i % 2 ? Buffer.from([i]) : 'nonsense');
    await expect.poll(() => nameless.closed).not.toBeNull();
    await expect.poll(() => mad.closed).toBe(1008);
    await expect.poll(() => old.closed).toBe(4000);
  });
});

it('a link survives any message', () => {
  const link = new TabletLink('a', { send: () => {}, close: () => {} }, () => null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.string(), (bytes, text) => {
      link.hearFrame(bytes);
      link.hearText(text);
    }),
  );
});

describe('the camera in use', () => {
  it('is changed in peace: what the old one says late is dropped', async () => {
    camera.use('folder');
    camera.use('nothing of the kind');
    await expect.poll(() => camera.health.message).toMatch(/no camera 'nothing of the kind'/);
    await expect(camera.takeStill(null, never)).rejects.toMatchObject({ code: 'CAMERA_UNAVAILABLE' });
    camera.use('browser');
    await expect.poll(() => camera.health.message).toMatch(/Waiting for a tablet/);
  });
});

import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { RgbImage } from '../../server/image/rgb-image.ts';
import { decodeFrame, encodeAck, type Frame } from '../../server/protocol/frame.ts';
import { heartbeat, heartbeatIntervalMs } from '../../server/protocol/heartbeat.ts';
import { OwnHosts } from '../../server/protocol/hosts.ts';
import { createPictureEncoder } from '../../server/stream/encoder.ts';
import { FrameEndpoint } from '../../server/stream/frame-endpoint.ts';
import { FrameHub, type PictureHeader } from '../../server/stream/hub.ts';

const header: PictureHeader = { capturedAt: 5, kind: 'face', state: 'becoming', blend: 40, visitor: 7, likeness: null };

/** A picture of one colour. */
const plain = (side: number, colour: readonly number[]): RgbImage => ({
  width: side,
  height: side,
  data: Uint8Array.from({ length: 3 * side * side }, (_, i) => colour[i % 3]),
});

let hub: FrameHub<RgbImage>;
let endpoint: FrameEndpoint<RgbImage>;
let server: ReturnType<typeof createServer>;
let url: string;

beforeEach(async () => {
  hub = new FrameHub({
    encode: createPictureEncoder({ quality: 90, size: 1024 }),
    fps: 1000,
    now: () => performance.now(),
  });
  endpoint = new FrameEndpoint(hub, new OwnHosts(() => false));
  server = createServer().on('upgrade', (request, socket, head) => endpoint.handleUpgrade(request, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/frames`;
});

afterEach(async () => {
  await endpoint.close();
  server.closeAllConnections();
  server.close();
});

/** A client that acknowledges every frame. */
async function viewer(query = ''): Promise<{ frames: Frame[]; socket: WebSocket }> {
  const socket = new WebSocket(url + query);
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary) return;
    const frame = decodeFrame(data);
    if (!frame.ok) throw new Error(frame.reason);
    frames.push(frame.value);
    socket.send(encodeAck(frame.value.header.sequence));
  });
  await new Promise((resolve) => socket.once('open', resolve));
  return { frames, socket };
}

const closeCode = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve));

describe('/frames', () => {
  it('sends heartbeats while there is nothing to show', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { socket } = await viewer();
    const texts: string[] = [];
    socket.on('message', (data: Buffer, isBinary) => !isBinary && texts.push(data.toString()));
    vi.advanceTimersByTime(2 * heartbeatIntervalMs);
    vi.useRealTimers();
    await expect.poll(() => texts).toEqual([heartbeat, heartbeat]);
  });

  it.each(['jpeg', 'webp', 'rgb'] as const)('brings %s pictures of the right size and colour', async (format) => {
    const { frames } = await viewer(`?size=128&format=${format}`);
    hub.show(plain(256, [200, 60, 40]), header);
    await expect.poll(() => frames.length).toBe(1);
    const [{ header: seen, payload }] = frames;
    expect(seen).toMatchObject({
      width: 128,
      height: 128,
      encoding: format,
      kind: 'face',
      visitor: 7,
      blend: 40,
      likeness: null,
    });
    const pixels = format === 'rgb' ? payload : await sharp(payload).raw().toBuffer();
    expect(pixels).toHaveLength(3 * 128 * 128);
    [200, 60, 40].forEach((c, i) => {
      expect(Math.abs(pixels[3 * 64 * 64 + i] - c)).toBeLessThan(6);
    });
  });

  it('brings clients on this computer small pictures as they are, and large ones compressed', async () => {
    const { frames } = await viewer('?size=1024');
    hub.show(plain(256, [1, 2, 3]), header);
    await expect.poll(() => frames.length).toBe(1);
    expect(frames[0].header.encoding).toBe('rgb');
    expect(Buffer.from(frames[0].payload).equals(plain(256, [1, 2, 3]).data)).toBe(true);
    hub.show(plain(768, [1, 2, 3]), header);
    await expect.poll(() => frames[1]?.header.encoding).toBe('jpeg');
  });

  it('compresses for those who say how, and for whom a proxy on this computer stands in', async () => {
    const { frames } = await viewer('?format=webp');
    const behind = new WebSocket(url, { headers: { 'x-forwarded-for': '192.168.1.9' } });
    const first = new Promise<Buffer>((resolve) => behind.once('message', (data) => resolve(data as Buffer)));
    await new Promise((resolve) => behind.once('open', resolve));
    hub.show(plain(256, [1, 2, 3]), header);
    await expect.poll(() => frames[0]?.header.encoding).toBe('webp');
    const frame = decodeFrame(await first);
    expect(frame.ok && frame.value.header.encoding).toBe('jpeg');
  });

  it('keeps the colours of small pictures whole, and halves those of large ones', async () => {
    const { frames } = await viewer('?format=jpeg');
    for (const [i, side] of [256, 512].entries()) {
      hub.show(plain(side, [9, 5, 1]), header);
      await expect.poll(() => frames[i]?.header.width).toBe(side);
    }
    const subsampling = await Promise.all(
      frames.map(async ({ payload }) => (await sharp(payload).metadata()).chromaSubsampling),
    );
    expect(subsampling).toEqual(['4:4:4', '4:2:0']);
  });

  it('never enlarges', async () => {
    const { frames } = await viewer('?size=1024');
    hub.show(plain(64, [0, 0, 0]), header);
    await expect.poll(() => frames[0]?.header.width).toBe(64);
  });

  it('shows everybody everything while a client that never reads keeps nobody waiting', async () => {
    const port = Number(new URL(url).port);
    const stalled = connect(port, '127.0.0.1');
    stalled.write(
      `GET /frames?format=rgb HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    stalled.pause();
    await expect.poll(() => endpoint.audience.length).toBe(1);
    const { frames } = await viewer('?format=rgb');
    for (let i = 0; i < 30; i++) {
      hub.show(plain(512, [i, 0, 0]), header);
      await expect.poll(() => frames.length).toBe(i + 1);
    }
    const [first, second] = endpoint.audience.map((a) => a.attachment.stats);
    expect(first.sent).toBe(1);
    expect(second.sent).toBe(30);
    stalled.destroy();
    await expect.poll(() => endpoint.audience.length).toBe(1);
  });

  it.each(['?v=99', '?size=3', '?format=bmp', '?size=NaN'])('sends %s away with a reason', async (query) => {
    const socket = new WebSocket(url + query);
    expect(await closeCode(socket)).toBe(1008);
  });

  it('survives garbage: text, long messages, broken WebSocket frames', async () => {
    const { frames } = await viewer();
    const talker = (await viewer()).socket;
    talker.send('hello');
    talker.send(Buffer.alloc(10_000));
    expect(await closeCode(talker)).toBe(1009);
    const port = Number(new URL(url).port);
    const raw = connect(port, '127.0.0.1');
    raw.on('error', () => {}).resume();
    raw.write(
      `GET /frames HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
    );
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2, 3]));
    await new Promise((resolve) => raw.once('close', resolve));
    hub.show(plain(16, [1, 2, 3]), header);
    await expect.poll(() => frames.length).toBe(1);
  });
});

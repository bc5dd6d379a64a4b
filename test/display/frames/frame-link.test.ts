import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  FrameLink,
  type FrameLinkOptions,
  type FrameSocket,
  type Picture,
} from '../../../display/frames/frame-link.ts';
import { longestWait } from '../../../display/frames/reconnect.ts';
import { decodeAck, encodeFrame, type Frame, type FrameHeader } from '../../../server/protocol/frame.ts';
import { heartbeat, heartbeatIntervalMs } from '../../../server/protocol/heartbeat.ts';

const header: FrameHeader = {
  sequence: 1,
  capturedAt: 1_000,
  encoding: 'jpeg',
  kind: 'face',
  width: 8,
  height: 8,
  state: 'becoming',
  blend: 100,
  visitor: 3,
  likeness: 0.5,
};

const message = (sequence: number): ArrayBuffer =>
  encodeFrame({ ...header, sequence }, new Uint8Array([1, 2, 3])).buffer;

class FakeSocket implements FrameSocket {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly acknowledged: number[] = [];
  closed = false;

  send(bytes: Uint8Array<ArrayBuffer>): void {
    const ack = decodeAck(bytes);
    if (!ack.ok) throw new Error(ack.reason);
    this.acknowledged.push(ack.value);
  }

  close(): void {
    this.closed = true;
  }

  frame(sequence: number): void {
    this.onmessage?.({ data: message(sequence) });
  }
}

/** A decoder that finishes when told, and counts what was released. */
function fakeDecoder() {
  const pending: { frame: Frame; finish: () => void; fail: () => void }[] = [];
  let released = 0;
  const decode = (frame: Frame) =>
    new Promise<ImageBitmap>((resolve, reject) => {
      const bitmap = { width: 8, height: 8, close: () => released++ } as unknown as ImageBitmap;
      pending.push({ frame, finish: () => resolve(bitmap), fail: () => reject(new Error('broken')) });
    });
  return { pending, decode, released: () => released };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

function setUp(overrides: Partial<FrameLinkOptions> = {}) {
  const sockets: FakeSocket[] = [];
  const pictures: Picture[] = [];
  const statuses: string[] = [];
  const dropped: string[] = [];
  const decoder = fakeDecoder();
  const link = new FrameLink({
    openSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    decode: decoder.decode,
    onPicture: (picture) => pictures.push(picture),
    onStatus: (status) => statuses.push(status),
    onDropped: (why) => dropped.push(why),
    random: () => 1,
    ...overrides,
  });
  return { link, sockets, pictures, statuses, dropped, decoder };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a link for pictures', () => {
  it('starts nothing before it is told', () => {
    expect(setUp().sockets).toHaveLength(0);
  });

  it('acknowledges a picture once, and only when it was drawn', async () => {
    const { link, sockets, pictures, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    sockets[0].frame(7);
    decoder.pending[0].finish();
    await settle();
    expect(pictures.map((picture) => picture.header.sequence)).toEqual([7]);
    expect(sockets[0].acknowledged).toEqual([]);
    link.acknowledge(7);
    link.acknowledge(7);
    expect(sockets[0].acknowledged).toEqual([7]);
  });

  it('connects again where nothing is heard any more, and never where heartbeats come', () => {
    const { link, sockets, statuses, dropped } = setUp();
    link.start();
    sockets[0].onopen?.();
    for (let beat = 0; beat < 100; beat++) {
      vi.advanceTimersByTime(heartbeatIntervalMs);
      sockets[0].onmessage?.({ data: heartbeat });
    }
    expect([sockets.length, statuses, dropped]).toEqual([1, ['open'], []]);
    vi.advanceTimersByTime(30_000);
    expect(sockets.length).toBeGreaterThan(1);
    expect(sockets[0].closed).toBe(true);
    link.stop();
    const { length } = sockets;
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(length);
  });

  it('decodes one at a time and always the newest, however fast a server floods', async () => {
    const { link, sockets, pictures, dropped, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    for (let sequence = 1; sequence <= 50; sequence++) sockets[0].frame(sequence);
    expect(decoder.pending).toHaveLength(1);
    decoder.pending[0].finish();
    await settle();
    expect(decoder.pending).toHaveLength(2);
    decoder.pending[1].finish();
    await settle();
    expect(pictures.map((picture) => picture.header.sequence)).toEqual([1, 50]);
    expect(dropped).toHaveLength(48);
    // Every one that was thrown away is acknowledged, or the server would wait for it.
    expect(sockets[0].acknowledged).toEqual(Array.from({ length: 48 }, (_, i) => i + 2));
  });

  it('drops what comes late, also round the end of the counter', async () => {
    const { link, sockets, pictures, dropped, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    sockets[0].frame(0xffff_ffff);
    decoder.pending[0].finish();
    await settle();
    sockets[0].frame(0);
    decoder.pending[1].finish();
    await settle();
    sockets[0].frame(0xffff_fff0);
    await settle();
    expect(pictures.map((picture) => picture.header.sequence)).toEqual([0xffff_ffff, 0]);
    expect(dropped).toEqual(['newer']);
    expect(sockets[0].acknowledged).toEqual([0xffff_fff0]);
  });

  it('takes lower numbers from a server that began anew', async () => {
    const { link, sockets, pictures, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    sockets[0].frame(1_000);
    decoder.pending[0].finish();
    await settle();
    sockets[0].onclose?.();
    await vi.advanceTimersByTimeAsync(1_000);
    sockets[1].onopen?.();
    sockets[1].frame(1);
    decoder.pending[1].finish();
    await settle();
    expect(pictures.map((picture) => picture.header.sequence)).toEqual([1_000, 1]);
    // The old connection's picture is not acknowledged on the new one.
    link.acknowledge(1_000);
    expect(sockets[1].acknowledged).toEqual([]);
  });

  it('goes on after a picture that cannot be decoded, and lets the server go on', async () => {
    const { link, sockets, pictures, dropped, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    sockets[0].frame(1);
    decoder.pending[0].fail();
    await settle();
    expect(dropped).toEqual(['unreadable']);
    expect(sockets[0].acknowledged).toEqual([1]);
    sockets[0].frame(2);
    decoder.pending[1].finish();
    await settle();
    expect(pictures).toHaveLength(1);
  });

  it('gives up a decoding that hangs, and releases what it brings too late', async () => {
    const { link, sockets, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    sockets[0].frame(1);
    await vi.advanceTimersByTimeAsync(5_001);
    expect(sockets[0].acknowledged).toEqual([1]);
    decoder.pending[0].finish();
    await settle();
    expect(decoder.released()).toBe(1);
    sockets[0].frame(2);
    expect(decoder.pending).toHaveLength(2);
  });

  it.each([
    ['text', 'hello'],
    ['nothing', new ArrayBuffer(0)],
    ['noise', new Uint8Array(500).fill(171).buffer],
    ['a frame cut off', message(1).slice(0, 38)],
  ])('begins anew where the server sends %s', async (_, data) => {
    const { link, sockets, statuses, dropped } = setUp();
    link.start();
    sockets[0].onopen?.();
    sockets[0].onmessage?.({ data });
    expect(dropped).toEqual(['unreadable']);
    expect(sockets[0].closed).toBe(true);
    expect(statuses).toEqual(['open', 'lost']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sockets).toHaveLength(2);
  });

  it('says that it is outdated where the server speaks another version', () => {
    const { link, sockets, statuses } = setUp();
    link.start();
    const data = new Uint8Array(message(1));
    data[2] = 99;
    sockets[0].onmessage?.({ data: data.buffer });
    expect(statuses.at(-1)).toBe('outdated');
  });

  it('comes back within 1 s at first and within 5 s for ever', async () => {
    const { link, sockets } = setUp();
    link.start();
    const times: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const lostAt = Date.now();
      sockets[attempt].onclose?.();
      while (sockets.length === attempt + 1) await vi.advanceTimersByTimeAsync(10);
      times.push(Date.now() - lostAt);
    }
    expect(times[0]).toBeLessThanOrEqual(1_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(longestWait + 10);
    // It tried more slowly, so as not to hammer a server that is starting.
    expect(times[11]).toBeGreaterThan(times[0]);
  });

  it('gives up a connection that never opens, and one that cannot even be tried', async () => {
    let tries = 0;
    const { link, sockets } = setUp({
      openSocket: () => {
        if (++tries === 2) throw new Error('no network');
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
    });
    link.start();
    await vi.advanceTimersByTimeAsync(4_000 + 1_000 + 2_000);
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(sockets[0].closed).toBe(true);
  });

  it('listens to nobody after a connection was given up', async () => {
    const { link, sockets, decoder, statuses } = setUp();
    link.start();
    link.reconnect();
    expect(sockets).toHaveLength(2);
    sockets[0].frame(1);
    sockets[0].onclose?.();
    sockets[0].onopen?.();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(decoder.pending).toHaveLength(0);
    expect(statuses).toEqual([]);
    expect(sockets).toHaveLength(2);
  });

  it('ends for good when stopped', async () => {
    const { link, sockets } = setUp();
    link.start();
    sockets[0].onclose?.();
    link.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('delivers the last picture once more when the screen lost it', async () => {
    const { link, sockets, pictures, decoder } = setUp();
    link.start();
    sockets[0].onopen?.();
    link.repeat();
    expect(decoder.pending).toHaveLength(0);
    sockets[0].frame(5);
    decoder.pending[0].finish();
    await settle();
    link.acknowledge(5);
    link.repeat();
    decoder.pending[1].finish();
    await settle();
    link.acknowledge(5);
    expect(pictures.map((picture) => picture.header.sequence)).toEqual([5, 5]);
    expect(sockets[0].acknowledged).toEqual([5]);
  });
});

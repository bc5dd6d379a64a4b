import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeAck, type FrameRequest } from '../../server/protocol/frame.ts';
import { FrameHub, type PictureHeader } from '../../server/stream/hub.ts';
import type { FrameSocket } from '../../server/stream/receiver.ts';

const header: PictureHeader = { capturedAt: 1, kind: 'face', state: 'becoming', blend: 0, visitor: 3, likeness: 0.5 };
const request: FrameRequest = { size: 512, format: 'jpeg' };
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A client that records what it is sent, and answers only when told to. */
class FakeClient implements FrameSocket {
  readonly frames: { sequence: number; byte: number }[] = [];
  closed: number | undefined;
  send(data: Uint8Array): void {
    const frame = decodeFrame(data);
    if (!frame.ok) throw new Error(frame.reason);
    this.frames.push({ sequence: frame.value.header.sequence, byte: frame.value.payload[0] });
  }
  close(code: number): void {
    this.closed = code;
  }
  get last(): number {
    return this.frames[this.frames.length - 1].sequence;
  }
}

function makeHub(changes: Partial<ConstructorParameters<typeof FrameHub<number>>[0]> = {}) {
  let encodings = 0;
  const hub = new FrameHub<number>({
    encode: async (picture) => {
      encodings++;
      return { encoding: 'jpeg', width: 4, height: 4, payload: Uint8Array.of(picture) };
    },
    fps: 1000,
    now: () => performance.now(),
    ...changes,
  });
  return { hub, encodings: () => encodings };
}

describe('the hub', () => {
  it('shows a new client the newest picture, and only that', async () => {
    const { hub } = makeHub();
    for (const picture of [1, 2, 3]) hub.show(picture, header);
    const client = new FakeClient();
    hub.attach(client, request);
    await settled();
    expect(client.frames).toEqual([{ sequence: 2, byte: 3 }]);
  });

  it('keeps at most one frame unacknowledged, and then sends the newest', async () => {
    const { hub } = makeHub({ now: () => 0, fps: Number.POSITIVE_INFINITY });
    const client = new FakeClient();
    const attachment = hub.attach(client, request);
    hub.show(1, header);
    await settled();
    for (const picture of [2, 3, 4, 5]) hub.show(picture, header);
    await settled();
    expect(client.frames.map((f) => f.byte)).toEqual([1]);
    attachment.receive(encodeAck(client.last));
    await settled();
    expect(client.frames.map((f) => f.byte)).toEqual([1, 5]);
    expect(attachment.stats).toMatchObject({ sent: 2, dropped: 3, wrong: 0 });
  });

  it('encodes once for all who want the same, and not at all for nobody', async () => {
    const { hub, encodings } = makeHub();
    hub.show(1, header);
    await settled();
    expect(encodings()).toBe(0);
    const clients = Array.from({ length: 8 }, () => new FakeClient());
    for (const client of clients) hub.attach(client, request);
    await settled();
    expect(encodings()).toBe(1);
    expect(clients.every((client) => client.frames.length === 1)).toBe(true);
    hub.attach(new FakeClient(), { size: 128, format: 'webp' });
    await settled();
    expect(encodings()).toBe(2);
  });

  it('is not slowed by a client that stalls', async () => {
    const { hub } = makeHub({ now: () => 0, fps: Number.POSITIVE_INFINITY });
    const stalled = new FakeClient();
    const quick = new FakeClient();
    hub.attach(stalled, request);
    const attachment = hub.attach(quick, request);
    for (let picture = 0; picture < 50; picture++) {
      hub.show(picture, header);
      await settled();
      attachment.receive(encodeAck(quick.last));
    }
    expect(quick.frames).toHaveLength(50);
    expect(stalled.frames).toHaveLength(1);
  });

  it('goes no faster than asked', async () => {
    let now = 0;
    const { hub } = makeHub({ now: () => now, fps: 10 });
    const client = new FakeClient();
    const attachment = hub.attach(client, request);
    for (; now < 10_000; now += 10) {
      hub.show(now & 0xff, header);
      await settled();
      if (attachment.stats.waiting !== null) attachment.receive(encodeAck(client.last));
    }
    expect(client.frames.length).toBeGreaterThanOrEqual(99);
    expect(client.frames.length).toBeLessThanOrEqual(102);
  });

  it('loses nothing of a source at the very rate it allows, however unevenly it comes', async () => {
    await fc.assert(
      fc.asyncProperty(
        // Parts of an interval by which pictures come early or late; now and then all the way to the next.
        fc.array(fc.oneof(fc.double({ min: -0.2, max: 0.2, noNaN: true }), fc.constant(0.9)), {
          minLength: 20,
          maxLength: 60,
        }),
        async (jitter) => {
          let now = 0;
          const { hub } = makeHub({ now: () => now, fps: 30 });
          const client = new FakeClient();
          const attachment = hub.attach(client, request);
          const times = jitter.map((part, i) => ((i + part) * 1_000) / 30).sort((a, b) => a - b);
          for (const time of times) {
            now = time;
            hub.show(1, header);
            await settled();
            expect(attachment.stats.waiting).toBe(0);
            attachment.receive(encodeAck(client.last));
          }
          expect(attachment.stats).toMatchObject({ sent: jitter.length, dropped: 0 });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('sends a picture that waited for its time, though nothing new comes', async () => {
    const { hub } = makeHub({ fps: 50 });
    const client = new FakeClient();
    const attachment = hub.attach(client, request);
    hub.show(1, header);
    await settled();
    attachment.receive(encodeAck(client.last));
    hub.show(2, header);
    await expect.poll(() => client.frames.length).toBe(2);
  });

  it('never sends what was cleared, not even from an encoding under way', async () => {
    let finish: () => void = () => {};
    const { hub } = makeHub({
      encode: (picture) =>
        new Promise((resolve) => {
          finish = () => resolve({ encoding: 'jpeg', width: 1, height: 1, payload: Uint8Array.of(picture) });
        }),
    });
    const client = new FakeClient();
    hub.attach(client, request);
    hub.show(1, header);
    hub.clear();
    hub.show(2, header);
    finish();
    await settled();
    finish();
    await settled();
    expect(client.frames.map((f) => f.byte)).toEqual([2]);
  });

  it('goes on after a picture that cannot be encoded', async () => {
    const errors: unknown[] = [];
    const { hub } = makeHub({
      encode: async (picture) => {
        if (picture === 1) throw new Error('broken');
        return { encoding: 'jpeg', width: 1, height: 1, payload: Uint8Array.of(picture) };
      },
      onError: (error) => errors.push(error),
    });
    const client = new FakeClient();
    hub.attach(client, request);
    hub.show(1, header);
    await settled();
    hub.show(2, header);
    await settled();
    expect(errors).toHaveLength(1);
    expect(client.frames.map((f) => f.byte)).toEqual([2]);
  });

  it('counts wrong messages, ignores them, and sends the sender away in the end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 64 }), { minLength: 1, maxLength: 49 }),
        async (messages) => {
          const { hub } = makeHub({ now: () => 0, fps: Number.POSITIVE_INFINITY });
          const client = new FakeClient();
          const attachment = hub.attach(client, request);
          hub.show(1, header);
          await settled();
          for (const message of messages) attachment.receive(message);
          // A stale or future acknowledgement is no acknowledgement either.
          attachment.receive(encodeAck(client.last + 1));
          expect(attachment.stats.wrong).toBe(messages.length + 1);
          expect(client.frames).toHaveLength(1);
          attachment.receive(encodeAck(client.last));
          hub.show(2, header);
          await settled();
          expect(client.frames).toHaveLength(2);
          for (let i = 0; i < 50; i++) attachment.receive(new Uint8Array(3));
          expect(client.closed).toBe(1008);
        },
      ),
      { numRuns: 30 },
    );
  });
});

import { WebSocket } from 'ws';
import { decodeFrame, encodeAck, type FrameKind, frameQuery } from '../protocol/frame.ts';
import { routes } from '../protocol/routes.ts';

/** What displays saw since they were last asked. */
export interface Sightings {
  /** Pictures each display received. */
  readonly received: readonly number[];
  /** Milliseconds from made to received, of every picture. */
  readonly latencies: readonly number[];
  /** Longest sides of the pictures, px: smallest and largest. */
  readonly sides: readonly [number, number];
}

/** Displays without a screen that acknowledge every picture as soon as it has come. */
export interface Audience {
  /** Pictures received by all together since they were opened, of one kind or of any. */
  received(kind?: FrameKind): number;
  /** What was seen since the last call. */
  take(): Sightings;
  close(): void;
}

/** Opens displays that take pictures off the wire and drop them. */
export function startAudience(address: string, count: number, size: number): Audience {
  const url = `${address.replace(/^http/, 'ws').slice(0, -1)}${routes.frames}${frameQuery({ size, format: 'jpeg' })}`;
  const kinds = new Map<FrameKind, number>();
  let received = new Array<number>(count).fill(0);
  let latencies: number[] = [];
  let sides: [number, number] = [Number.POSITIVE_INFINITY, 0];
  const sockets = Array.from({ length: count }, (_, index) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const frame = decodeFrame(data);
      if (!frame.ok) return;
      const { sequence, capturedAt, kind, width, height } = frame.value.header;
      socket.send(encodeAck(sequence));
      const side = Math.max(width, height);
      received[index] += 1;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      latencies.push(Date.now() - capturedAt);
      sides = [Math.min(sides[0], side), Math.max(sides[1], side)];
    });
    return socket;
  });
  return {
    received: (kind) => (kind ? (kinds.get(kind) ?? 0) : [...kinds.values()].reduce((sum, one) => sum + one, 0)),
    take: () => {
      const seen = { received, latencies, sides };
      received = new Array<number>(count).fill(0);
      latencies = [];
      sides = [Number.POSITIVE_INFINITY, 0];
      return seen;
    },
    close: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}

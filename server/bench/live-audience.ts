import { WebSocket } from 'ws';
import { decodeFrame, encodeAck, type FrameKind, frameQuery } from '../protocol/frame.ts';
import { routes } from '../protocol/routes.ts';

/** Displays that acknowledge every picture as soon as it has come. */
export interface Audience {
  /** Pictures received by all together, of one kind or of any. */
  received(kind?: FrameKind): number;
  /** Pictures received by the display that received fewest. */
  fewest(): number;
  /** Milliseconds from made to received, of every picture. */
  latencies(): number[];
  close(): void;
}

/** Opens displays without a screen: they take pictures off the wire and drop them. */
export function startAudience(address: string, count: number, size: number): Audience {
  const url = `${address.replace(/^http/, 'ws').slice(0, -1)}${routes.frames}${frameQuery({ size, format: 'jpeg' })}`;
  const received = new Array<number>(count).fill(0);
  const kinds = new Map<FrameKind, number>();
  const latencies: number[] = [];
  const sockets = received.map((_, index) => {
    const socket = new WebSocket(url);
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const frame = decodeFrame(data);
      if (!frame.ok) return;
      const { sequence, capturedAt, kind } = frame.value.header;
      received[index] += 1;
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      latencies.push(Date.now() - capturedAt);
      socket.send(encodeAck(sequence));
    });
    return socket;
  });
  return {
    received: (kind) => (kind ? (kinds.get(kind) ?? 0) : received.reduce((sum, one) => sum + one, 0)),
    fewest: () => Math.min(...received),
    latencies: () => [...latencies],
    close: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** The value below which a part of the sorted numbers lies (nearest rank); 0 where there are none. */
export const quantile = (sorted: readonly number[], part: number): number =>
  sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))];

import { useEffect, useRef } from 'preact/hooks';
import { decodeToBitmap } from '../../../display/frames/decode.ts';
import { FrameLink, type FrameSocket } from '../../../display/frames/frame-link.ts';
import type { Revival } from '../link/revival.ts';
import { socketUrl } from '../link/socket-url.ts';
import { paintFaces } from './face-painter.ts';

export interface FrameCanvasProps {
  /** Path and query of the stream, such as `/frames?v=1&size=512&format=jpeg`. */
  readonly path: string;
  /** Least time between two pictures, ms: spares a tablet that only glances at the wall. */
  readonly interval: number;
  readonly revival: Revival;
  readonly onOutdated: () => void;
  /** Told of each picture's size. */
  readonly onSize?: (width: number, height: number) => void;
  readonly class?: string;
  /** Words for those who do not see it. */
  readonly label: string;
}

/** The newest picture of a stream, dissolving. Receives for as long as it is on the page. */
export function FrameCanvas({
  path,
  interval,
  revival,
  onOutdated,
  onSize,
  class: className,
  label,
}: FrameCanvasProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const canvas = ref.current;
    if (!canvas) return;
    const painter = paintFaces(canvas);
    const waits = new Set<ReturnType<typeof setTimeout>>();
    const link = new FrameLink({
      openSocket: () => new WebSocket(socketUrl(path)) as FrameSocket,
      decode: decodeToBitmap,
      onPicture: (picture) => {
        painter.show(picture);
        onSize?.(picture.header.width, picture.header.height);
        const wait = setTimeout(() => {
          waits.delete(wait);
          link.acknowledge(picture.header.sequence);
        }, interval);
        waits.add(wait);
      },
      onStatus: (status) => status === 'outdated' && onOutdated(),
      onDropped: () => {},
      random: Math.random,
    });
    link.start();
    const off = revival.subscribe(() => link.reconnect());
    return () => {
      off();
      link.stop();
      for (const wait of waits) clearTimeout(wait);
      painter.close();
    };
  }, [path, interval]);
  return <canvas ref={ref} class={className} role="img" aria-label={label} width="1" height="1" />;
}

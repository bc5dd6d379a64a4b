import { useEffect, useState } from 'preact/hooks';

export interface ThumbnailProps {
  /** Null where there is none yet. */
  readonly address: string | null;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
}

/** Displays send a new one every two seconds at most, ms. */
const interval = 2_500;

/** What a display showed a moment ago. The old picture stays until the new one is there. */
export function Thumbnail({ address, alt, width, height }: ThumbnailProps) {
  const [shown, show] = useState<string | null>(null);
  useEffect(() => {
    if (!address) return show(null);
    let gone = false;
    const load = () => {
      const next = new Image();
      const separator = address.includes('?') ? '&' : '?';
      next.onload = () => !gone && show(next.src);
      next.src = `${address}${separator}at=${Date.now()}`;
    };
    load();
    const timer = setInterval(load, interval);
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [address]);
  return (
    <div class="thumbnail" style={{ aspectRatio: `${width} / ${height}` }}>
      {shown ? <img src={shown} alt={alt} /> : <p class="help">No picture yet</p>}
    </div>
  );
}

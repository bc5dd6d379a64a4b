import { useEffect, useState } from 'preact/hooks';

export interface ThumbnailProps {
  /** Changes with every new picture; null where there is none yet. */
  readonly address: string | null;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
}

/** What a display showed a moment ago. The old picture stays until the new one is there. */
export function Thumbnail({ address, alt, width, height }: ThumbnailProps) {
  const [shown, show] = useState<string | null>(null);
  useEffect(() => {
    if (!address) return show(null);
    let gone = false;
    const next = new Image();
    next.onload = () => !gone && show(address);
    next.src = address;
    return () => {
      gone = true;
    };
  }, [address]);
  return (
    <div class="thumbnail" style={{ aspectRatio: `${width} / ${height}` }}>
      {shown ? <img src={shown} alt={alt} /> : <p class="help">No picture yet</p>}
    </div>
  );
}

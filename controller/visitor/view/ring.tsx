import { type PageLink, serverNow } from '../../shared/link/page-link.ts';
import { useTicks } from '../../shared/use-ticks.ts';
import type { MirrorRing } from '../model/mirror-view.ts';

export interface RingProps {
  readonly ring: MirrorRing;
  readonly link: PageLink;
  /** What its progress is of, for those who do not see it. */
  readonly label: string;
}

/** From the top, clockwise, around an oval of 3:4. */
const oval = 'M150 4A146 196 0 0 1 150 396A146 196 0 0 1 150 4';

/** The line around the oval. It says how far something is. */
export function Ring({ ring, link, label }: RingProps) {
  useTicks(ring.kind === 'countdown' ? 100 : null);
  const share = ringShare(ring, link);
  const line = (
    <svg class={`ring ring-${ring.kind}`} viewBox="0 0 300 400" aria-hidden="true">
      <path class="ring-ground" d={oval} />
      {share !== null && <path class="ring-share" d={oval} pathLength={1} style={{ strokeDashoffset: 1 - share }} />}
    </svg>
  );
  if (ring.kind !== 'progress' || ring.done >= 1) return line;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(ring.done * 100)}
    >
      {line}
    </div>
  );
}

function ringShare(ring: MirrorRing, link: PageLink): number | null {
  if (ring.kind === 'ready') return 1;
  if (ring.kind === 'progress') return ring.done;
  const { until, since } = link.state ?? {};
  if (ring.kind !== 'countdown' || until == null || since === undefined) return null;
  return Math.min(1, Math.max(0, (until - serverNow(link, Date.now())) / Math.max(1, until - since)));
}

/** A picture turning into the next. Times in ms on any one clock. */
export interface Dissolve {
  readonly begun: number;
  readonly duration: number;
}

/** How much of the new picture is seen: 0..1, easing in and out so that steps do not tick. Pure. */
export function dissolveShare({ begun, duration }: Dissolve, now: number): number {
  if (duration <= 0) return 1;
  const time = Math.min(1, Math.max(0, (now - begun) / duration));
  return time * time * (3 - 2 * time);
}

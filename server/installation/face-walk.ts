import type { FaceMix, FaceSource } from './ports.ts';

/** Sources of which less is in the mix are left out: nobody sees a two-hundredth of a face. */
const faint = 0.005;

const sameSource = (a: FaceSource, b: FaceSource): boolean =>
  a.kind === b.kind &&
  (a.kind !== 'face' || a.id === (b as typeof a).id) &&
  (a.kind !== 'nobody' || a.seed === (b as typeof a).seed);

export const only = (source: FaceSource): FaceMix => [{ source, share: 1 }];

/** The mix a part t (0..1) of the way from one mix to another: latents are mixed, so that every point is a face. */
export function mixAt(from: FaceMix, to: FaceMix, t: number): FaceMix {
  const shares: { source: FaceSource; share: number }[] = [];
  const add = (mix: FaceMix, weight: number) => {
    for (const { source, share } of mix) {
      const known = shares.find((entry) => sameSource(entry.source, source));
      if (known) known.share += share * weight;
      else shares.push({ source, share: share * weight });
    }
  };
  add(from, 1 - t);
  add(to, t);
  const kept = shares.filter(({ share }) => share > faint);
  const sum = kept.reduce((total, { share }) => total + share, 0);
  return kept.map(({ source, share }) => ({ source, share: share / sum }));
}

/** The source that most of the mix is made of. */
export const mainSource = (mix: FaceMix): FaceSource =>
  mix.reduce((main, entry) => (entry.share > main.share ? entry : main)).source;

/** Whether a mix needs a source. */
export const contains = (mix: FaceMix, source: FaceSource): boolean =>
  mix.some((entry) => sameSource(entry.source, source));

/**
 * How like a portrait a face is, 0..1: 0 is no more like it than the mean face, 1 is the portrait itself.
 * `distance` and `meanFaceDistance` are perceptual distances to the portrait.
 */
export function likeness(distance: number, meanFaceDistance: number): number {
  if (!(meanFaceDistance > 0)) return distance > 0 ? 0 : 1;
  return Math.max(0, Math.min(1, 1 - distance / meanFaceDistance));
}

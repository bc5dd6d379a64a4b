import { frameQuery } from '../../../server/protocol/frame.ts';
import { faceUrl, routes } from '../../../server/protocol/routes.ts';
import type { InstallationState } from '../../../server/protocol/snapshot.ts';
import type { Screen } from './screen.ts';

/** What is seen in the oval, which stays while everything around it changes. */
export type MirrorPicture =
  | { readonly kind: 'nothing' }
  /** The face on the wall; dim where it is only company for words. */
  | { readonly kind: 'wall'; readonly dim: boolean }
  /** The camera, still where the portrait has just been taken. */
  | { readonly kind: 'camera'; readonly own: boolean; readonly still: boolean }
  | { readonly kind: 'portrait'; readonly address: string }
  | { readonly kind: 'face'; readonly address: string };

export type MirrorRing =
  | { readonly kind: 'quiet' }
  /** All is well for the portrait. */
  | { readonly kind: 'ready' }
  /** Empties while counting down. */
  | { readonly kind: 'countdown' }
  /** Fills while the face becomes; 0..1. */
  | { readonly kind: 'progress'; readonly done: number };

/** Which picture the screen wants in the oval. Pure. */
export function mirrorPicture(screen: Screen, state: InstallationState | null): MirrorPicture {
  switch (screen.name) {
    case 'connecting':
    case 'outdated':
      return { kind: 'nothing' };
    case 'resting':
    case 'called':
    case 'consent':
      return { kind: 'wall', dim: true };
    case 'attract':
    case 'busy':
    case 'becoming':
      return { kind: 'wall', dim: false };
    case 'camera-trouble':
      // A browser stops a film that is not on the page: this tablet's own camera would never be seen to be well again.
      return screen.camera === null ? mirrorOf(state) : { kind: 'wall', dim: true };
    case 'framing':
    case 'countdown':
      return mirrorOf(state);
    case 'review':
      return screen.portrait === null
        ? { ...mirrorOf(state), still: true }
        : { kind: 'portrait', address: screen.portrait };
    case 'arrived': {
      // The face itself would leap out of the bent one that has just become.
      if (!screen.farewell && isBent(state)) return { kind: 'wall', dim: false };
      const face = state?.chain.findLast(({ visitor }) => visitor === screen.visitor);
      if (face) return { kind: 'face', address: faceUrl(face.id, 'final.webp') };
      return screen.farewell ? { kind: 'nothing' } : { kind: 'wall', dim: false };
    }
  }
}

const mirrorOf = (state: InstallationState | null) =>
  ({ kind: 'camera', own: state?.cameraDriver === 'browser', still: false }) as const;

/** Whether the wall shows faces bent, and the chain's picture is another than the wall's. */
const isBent = (state: InstallationState | null): boolean =>
  Object.entries(state?.parameters ?? {}).some(([key, value]) => key.startsWith('direction.') && value !== 0);

export function mirrorRing(screen: Screen): MirrorRing {
  if (screen.name === 'framing' && screen.hint === 'ready') return { kind: 'ready' };
  if (screen.name === 'countdown') return { kind: 'countdown' };
  if (screen.name === 'becoming') return { kind: 'progress', done: screen.progress?.done ?? 0 };
  if (screen.name === 'arrived') return { kind: 'progress', done: 1 };
  return { kind: 'quiet' };
}

/** The stream of the wall's faces, and of a camera that is not the tablet's own. */
export const wallStream = routes.frames + frameQuery({ size: 512, format: 'jpeg' });
export const previewStream = (client: string): string =>
  `${routes.preview}${frameQuery({ size: 768, format: 'jpeg' })}&client=${client}`;

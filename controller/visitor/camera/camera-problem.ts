/**
 * Why a tablet's camera cannot be used. `insecure`: browsers lend it only to pages over https, or on localhost.
 * `denied`: a person or a setting said no. `missing`: there is none. `busy`: something else uses it, or it failed.
 */
export type CameraProblem = 'insecure' | 'denied' | 'missing' | 'busy';

/** What an error of `getUserMedia` means (W3C Media Capture and Streams, 10.2, and what browsers really throw). */
export function cameraProblemOf(error: unknown): CameraProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'DevicesNotFoundError':
      return 'missing';
    default:
      return 'busy';
  }
}

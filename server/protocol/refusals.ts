/**
 * The closed list of reasons for which something from outside is refused. Pages, OSC clients and logs rely on the codes;
 * the sentence that comes with each is for people.
 */
export const refusalCodes = {
  invalid: 'The message is not understood.',
  'unknown-command': 'There is no such command.',
  'unknown-parameter': 'There is no such parameter.',
  'wrong-type': 'The value is of the wrong type.',
  'out-of-range': 'The value is outside its range.',
  'not-allowed': 'This sender may not do that.',
  'wrong-state': 'This cannot be done in the present state of the visit.',
  'not-your-visit': 'Another tablet is leading this visit.',
  'not-found': 'There is no such thing (any more).',
  'queue-full': 'The queue is full.',
  'too-many': 'There are too many of these already.',
  closed: 'The piece is not taking visitors now.',
  'camera-unavailable': 'The camera is not working.',
  'engine-unavailable': 'The engine is not working.',
  'no-face': 'No portrait could be taken.',
  version: 'The page is older or newer than the server: reload it.',
  pin: 'The PIN is wrong.',
  'pin-too-short':
    'The PIN in installation.yaml has fewer than six characters: it is taken only on the computer of the piece.',
  'not-paired': 'This device is not paired with the piece (any more): load the page again.',
  'not-secure': 'The PIN and the camera are taken over https only: open this page at its https:// address.',
  'rate-limited': 'Too many tries; wait a moment.',
  failed: 'It was tried and did not work; the log says more.',
} as const;

export type RefusalCode = keyof typeof refusalCodes;

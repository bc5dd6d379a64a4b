/** Fewest characters of a PIN that is taken from other computers. */
export const shortestPin = 6;

/** What there is to say about a PIN of installation.yaml; null where it is good or none is set. */
export const pinNote = (pin: string): string | null =>
  pin === '' || pin.length >= shortestPin
    ? null
    : `'pin' under 'server' in installation.yaml has fewer than ${shortestPin} characters and is taken on this computer ` +
      `only: tablets and curators on other computers need a PIN of at least ${shortestPin}.`;

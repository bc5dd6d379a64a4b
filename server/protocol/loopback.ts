/** Whether an address, as a socket tells it, is this computer's own. */
export const isLoopback = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./i.test(address ?? '');

/** Whether an address, as a socket tells it, is this computer's own. */
export const isLoopback = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./i.test(address ?? '');

/** What a request tells of where it comes from. */
export interface Sender {
  readonly socket: { readonly remoteAddress?: string; readonly localAddress?: string };
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Whether a request was made on this computer itself. A proxy here that says for whom it speaks stands for others. */
export function isFromHere({ socket: { remoteAddress, localAddress }, headers }: Sender): boolean {
  if (headers['x-forwarded-for'] || headers.forwarded) return false;
  return isLoopback(remoteAddress) || (remoteAddress !== undefined && remoteAddress === localAddress);
}

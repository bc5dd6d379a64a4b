/** Whether an address, as a socket tells it, is this computer's own. */
export const isLoopback = (address: string | undefined): boolean =>
  address === '::1' || /^(::ffff:)?127\./i.test(address ?? '');

/** What a request tells of where it comes from. */
export interface Sender {
  readonly socket: { readonly remoteAddress?: string; readonly localAddress?: string; readonly encrypted?: boolean };
  readonly headers: Readonly<Record<string, unknown>>;
}

/**
 * Whether a request travelled over the network where others may read it. On this computer itself browsers trust plain
 * http; what stands before a proxy on it is the proxy's business.
 */
export const isPlainFromElsewhere = ({ socket }: Sender): boolean =>
  socket.encrypted !== true && !isLoopback(socket.remoteAddress);

/** Whether a proxy says that it speaks for somebody else. */
export const isForwarded = (headers: Sender['headers']): boolean =>
  Boolean(headers['x-forwarded-for'] || headers.forwarded);

/** IPv4, or IPv6 in brackets, each with a port or without; or IPv6 as it is. */
const forwarded = /^(?:([\d.]{7,15})|\[([\da-f:.]{2,45})\])(?::\d+)?$|^([\da-f:.]{2,45})$/i;

/**
 * For whom a request is counted, where one sender may do something so often: where a proxy on this computer speaks for
 * others, the one whom it names last. Whatever stands before that was said by the sender, who may say anything. An IPv4
 * address is written as such, also where a socket of both families gives it as `::ffff:192.168.1.20`.
 */
export function senderOf(request: Sender): string {
  return namedSender(request).replace(/^::ffff:(?=\d+(?:\.\d+){3}$)/i, '');
}

function namedSender({ socket, headers }: Sender): string {
  const { remoteAddress = '' } = socket;
  if (!isOwn(socket)) return remoteAddress;
  const last = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1);
  const [, v4, bracketed, v6] = forwarded.exec(last?.trim() ?? '') ?? [];
  return v4 ?? bracketed ?? v6 ?? remoteAddress;
}

/** Whether a connection comes from this computer, also through a proxy on it. */
export const isOwn = ({ remoteAddress, localAddress }: Sender['socket']): boolean =>
  isLoopback(remoteAddress) || (remoteAddress !== undefined && remoteAddress === localAddress);

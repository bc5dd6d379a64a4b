import { isForwarded, isOwn, type Sender } from './loopback.ts';

/**
 * The name or address in a `Host` header, as browsers write it: lower case, addresses in their shortest form, without
 * brackets, port and closing dot. Null where there is none; '' where it is malformed.
 */
export function hostIn(header: unknown): string | null {
  if (typeof header !== 'string' || header === '') return null;
  if (!/^[^\s/?#@\\%]{1,300}$/.test(header)) return '';
  try {
    return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  } catch {
    return '';
  }
}

/** Whether a host, as `hostIn` gives it, is an address and not a name. */
const isAddress = (host: string): boolean => host.includes(':') || /^\d+(\.\d+){3}$/.test(host);
const isOwnLoop = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

/**
 * By which names browsers may call this computer. Another website can point its own name at this computer (DNS
 * rebinding); its pages then pass for ours in every check but this one. An address in place of a name cannot be pointed
 * anywhere.
 */
export class OwnHosts {
  readonly #isOwn: (host: string) => boolean;

  /** @param isOwnHost whether this computer has a name or address, in the form of `hostIn` */
  constructor(isOwnHost: (host: string) => boolean) {
    this.#isOwn = isOwnHost;
  }

  /** Whether a request was made on this computer itself, and to it by a name or address of its own. */
  isFromHere({ socket, headers }: Sender): boolean {
    const host = hostIn(headers.host);
    if (!host || isForwarded(headers) || !isOwn(socket)) return false;
    return isOwnLoop(host) || host === socket.localAddress?.replace(/^::ffff:/i, '') || this.#isOwn(host);
  }

  /**
   * Why a request is not served: it calls this computer by a name that it does not have. Null where it is served, also
   * where it names no host at all, which no browser does.
   */
  refusal({ headers }: Pick<Sender, 'headers'>): string | null {
    const host = hostIn(headers.host);
    if (host === '') return 'The request names this computer in a way that is no name and no address.';
    if (host === null || isAddress(host) || isOwnLoop(host) || this.#isOwn(host)) return null;
    return (
      `This computer is not known as "${host}". Open the address that the installation printed at its start. ` +
      `If this name is right, add it to 'names' under 'server' in installation.yaml.`
    );
  }
}

import { io } from 'socket.io-client';
import { protocolVersion, type Role } from '../../../server/protocol/messages.ts';
import { routes } from '../../../server/protocol/routes.ts';
import type { PageSocket } from './socket-link.ts';

export interface SocketOptions {
  readonly role: Role;
  readonly client: string;
  /** Of a display. */
  readonly name?: string;
  /** Asked for at every connection. */
  readonly pin?: () => string;
  /** Origin of the server; the page's own where it is left out. */
  readonly origin?: string;
  readonly protocol?: number;
}

/** The socket of a page, not yet connected. */
export function openSocket({ role, client, name, pin, origin, protocol = protocolVersion }: SocketOptions): PageSocket {
  const build = pageScript();
  const hello = () => ({
    protocol,
    role,
    client,
    ...(name && { name }),
    ...(pin && { pin: pin() }),
    ...(build && { build }),
  });
  const options = {
    path: routes.control,
    autoConnect: false,
    auth: (tell: (hello: object) => void) => tell(hello()),
    // Long polling only where a proxy lets no WebSocket through.
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    timeout: 5_000,
  };
  return origin === undefined ? io(options) : io(origin, options);
}

/** Path of the page's own script, by which the server knows the build: undefined outside of a built page. */
function pageScript(): string | undefined {
  const script = globalThis.document?.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script ? new URL(script.src).pathname : undefined;
}

import type { IncomingMessage } from 'node:http';
import type { OwnHosts } from '../protocol/hosts.ts';

/**
 * Whether a request comes from a page of this server, or from no page at all. Keeps other web pages, open in some browser
 * of the museum, from steering the piece: browsers let them open WebSockets anywhere, but say where they come from.
 */
export function isSameOrigin({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** Why no socket is opened: the wrong name for this computer, or a page of another website. Null where one may be. */
export const socketRefusal = (request: IncomingMessage, hosts: Pick<OwnHosts, 'refusal'>): string | null =>
  hosts.refusal(request) ?? (isSameOrigin(request) ? null : 'Pages of other websites may not connect here.');

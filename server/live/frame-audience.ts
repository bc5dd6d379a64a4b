import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { StreamCounts } from '../control/displays.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { Encoding } from '../protocol/frame.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import { FrameEndpoint } from '../stream/frame-endpoint.ts';
import type { FrameHub } from '../stream/hub.ts';

/** The wall's stream and who watches it: `/frames`, where displays say who they are with `&client=<id>`. */
export class FrameAudience {
  readonly #endpoint: FrameEndpoint<RgbImage>;

  /** @param format for displays that ask for none */
  constructor(hub: FrameHub<RgbImage>, hosts: OwnHosts, format: Encoding) {
    this.#endpoint = new FrameEndpoint(hub, hosts, format);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#endpoint.handleUpgrade(request, socket, head);
  }

  countsOf(client: string): StreamCounts {
    const mine = this.#endpoint.audience.filter(({ query }) => query.get('client') === client);
    return {
      sent: mine.reduce((sum, { attachment }) => sum + attachment.stats.sent, 0),
      dropped: mine.reduce((sum, { attachment }) => sum + attachment.stats.dropped, 0),
    };
  }

  close(): Promise<void> {
    return this.#endpoint.close();
  }
}

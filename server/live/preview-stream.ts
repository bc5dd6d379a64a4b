import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { previewLimits } from '../image/decode.ts';
import type { ImageDecoder } from '../image/decoder.ts';
import { encodeJpeg, encodeWebp } from '../image/encode.ts';
import type { CameraPort, Off, Preview } from '../installation/ports.ts';
import type { Installation } from '../installation/runner.ts';
import type { FrameRequest } from '../protocol/frame.ts';
import type { OwnHosts } from '../protocol/hosts.ts';
import type { EncodedPicture } from '../stream/encoder.ts';
import { FrameEndpoint } from '../stream/frame-endpoint.ts';
import { FrameHub } from '../stream/hub.ts';
import { refuseUpgrade } from './upgrade.ts';

/** Most previews a second to a tablet. */
const fps = 25;

/** The camera's live picture, for nobody but the tablet that leads the visit: `/preview?...&client=<id>`. */
export class PreviewStream {
  readonly #installation: Pick<Installation, 'state' | 'onChange'>;
  readonly #hub: FrameHub<Preview>;
  readonly #endpoint: FrameEndpoint<Preview>;
  readonly #offs: readonly Off[];
  #owner: string | null = null;

  constructor(
    installation: Pick<Installation, 'state' | 'onChange'>,
    camera: Pick<CameraPort, 'onPreview'>,
    hosts: OwnHosts,
    decoder: ImageDecoder,
  ) {
    this.#installation = installation;
    this.#hub = new FrameHub({ encode: encodePreview(decoder), fps, now: () => performance.now() });
    this.#endpoint = new FrameEndpoint(this.#hub, hosts);
    this.#offs = [camera.onPreview((preview) => this.#show(preview)), installation.onChange(() => this.#changed())];
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const client = new URL(request.url ?? '/', 'http://localhost').searchParams.get('client');
    if (client && client === this.#owner) this.#endpoint.handleUpgrade(request, socket, head);
    else refuseUpgrade(socket, 403);
  }

  async close(): Promise<void> {
    for (const off of this.#offs) off();
    await this.#endpoint.close();
  }

  #show(preview: Preview): void {
    const { name } = this.#installation.state;
    if (this.#owner === null || (name !== 'framing' && name !== 'countdown')) return;
    this.#hub.show(preview, {
      kind: 'preview',
      state: name,
      blend: 0,
      visitor: 0,
      likeness: null,
      capturedAt: preview.at,
    });
  }

  #changed(): void {
    const owner = this.#installation.state.visit?.owner ?? null;
    if (owner === this.#owner) return;
    this.#owner = owner;
    // The next visitor's face is not for the tablet of the last, nor the other way round.
    this.#hub.clear();
    this.#endpoint.dismiss('the visit is over');
  }
}

/** Previews come compressed; only another format or size needs work. */
export const encodePreview =
  (decoder: ImageDecoder) =>
  async (preview: Preview, { size, format }: FrameRequest): Promise<EncodedPicture> => {
    const { bytes, encoding, width, height } = preview;
    if (format === encoding && Math.max(width, height) <= size) return { encoding, width, height, payload: bytes };
    const small = await decoder.decode({ name: 'preview', bytes }, { within: size }, previewLimits);
    const payload =
      format === 'rgb'
        ? Buffer.from(small.data)
        : await (format === 'jpeg' ? encodeJpeg(small, 80) : encodeWebp(small, 80));
    return { encoding: format, width: small.width, height: small.height, payload };
  };

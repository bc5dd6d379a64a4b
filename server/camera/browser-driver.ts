import type { ImageDecoder } from '../image/decoder.ts';
import type { Photograph } from '../installation/ports.ts';
import type { CameraReport, CameraTrouble } from '../protocol/camera-link.ts';
import type { FrameHeader } from '../protocol/frame.ts';
import { type CameraDriver, type DriverEvents, type DriverHealth, previewSide } from './driver.ts';
import { cameraFailed, cameraUnavailable } from './errors.ts';
import { sampleOf } from './picture-sample.ts';
import { PictureWatch, troubleSentences } from './picture-watch.ts';
import { StillRequests } from './still-requests.ts';
import type { TabletEndpoint } from './tablet-endpoint.ts';
import type { TabletEvents, TabletLink } from './tablet-link.ts';

/** Only hints are made of these: the tablet shows its visitor its own picture. */
const previewFps = 8;
/** Longest side of photographs, px. */
const stillSide = 4_096;
const stillPatience = 15_000;
const lookEvery = 250;
const sampleEvery = 300;
/** A tablet that is told to start opens its camera first, ms. */
const openPatience = 4_000;

const sentences: Readonly<Record<CameraTrouble, string>> = {
  denied:
    "A tablet may not use its camera. Allow it in the browser's settings for this page; it needs https or localhost.",
  missing: 'A tablet has no camera. Use another one, or choose another camera.',
  lost: "A tablet's camera is used by another program or has gone. Close other programs on it, or reload its page.",
  failed: 'The tablet could not take the photograph. Try again.',
};

/** The cameras of the visitors' tablets: whichever tablet leads the visit takes the pictures. */
export class BrowserDriver implements CameraDriver, TabletEvents {
  readonly #tablets: TabletEndpoint;
  readonly #events: DriverEvents;
  readonly #decoder: ImageDecoder;
  readonly #patience: number;
  readonly #stills = new StillRequests(stillPatience);
  /** Photographs under way, by number: of which tablet. */
  readonly #askedOf = new Map<number, TabletLink>();
  #watch: PictureWatch | null = null;
  #client: string | null = null;
  #sampledAt = 0;
  #isSampling = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(tablets: TabletEndpoint, patience: number, decoder: ImageDecoder, events: DriverEvents) {
    this.#decoder = decoder;
    this.#tablets = tablets;
    this.#patience = patience;
    this.#events = events;
  }

  start(): void {
    this.#tablets.listen(this);
    this.#timer = setInterval(() => this.#tell(), lookEvery);
    this.#tell();
  }

  setPreview(wanted: boolean, client: string | null): void {
    const next = wanted ? client : null;
    if (next === this.#client) return;
    this.#linkOf(this.#client)?.order({ type: 'stop' });
    this.#client = next;
    this.#watch = null;
    this.#begin(this.#linkOf(next));
  }

  takeStill(client: string | null, signal: AbortSignal): Promise<Photograph> {
    // Where somebody leads the visit, no other tablet may photograph whoever stands before it.
    const link = client === null ? this.#onlyReady() : this.#linkOf(client);
    if (link === undefined) {
      return Promise.reject(cameraUnavailable('The tablet that takes the pictures is not connected. Try again.'));
    }
    const { report } = link;
    if (report?.type === 'trouble') return Promise.reject(cameraUnavailable(sentences[report.trouble]));
    let asked = 0;
    return this.#stills
      .ask((id) => {
        asked = id;
        this.#askedOf.set(id, link);
        link.order({ type: 'still', id, side: stillSide });
      }, signal)
      .finally(() => this.#askedOf.delete(asked));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#linkOf(this.#client)?.order({ type: 'stop' });
    this.#tablets.listen(null);
    this.#stills.failAll(cameraUnavailable('The camera has been changed.'));
  }

  opened(link: TabletLink): void {
    // It has come back in the middle of its visit.
    if (link.client === this.#client) this.#begin(link);
    this.#tell();
  }

  closed(link: TabletLink): void {
    this.#failStillsOf(link, cameraUnavailable('The connection to the tablet was lost. Try again.'));
    this.#tell();
  }

  reported(link: TabletLink, report: CameraReport): void {
    if (report.type === 'trouble') {
      this.#failStillsOf(link, cameraFailed(sentences[report.trouble]));
    } else if (link.client === this.#client) {
      this.#begin(link);
    }
    this.#tell();
  }

  pictured(link: TabletLink, header: FrameHeader, bytes: Uint8Array): void {
    const at = Date.now();
    if (header.kind === 'still') {
      // Only the tablet that was asked may answer.
      if (this.#askedOf.get(header.sequence) === link) this.#stills.give(header.sequence, { bytes, at });
      return;
    }
    if (header.kind !== 'preview' || link.client !== this.#client || header.encoding === 'rgb') return;
    const { encoding, width, height } = header;
    this.#see(bytes);
    this.#events.preview({ bytes, encoding, width, height, at });
  }

  #begin(link: TabletLink | undefined): void {
    if (link === undefined) return;
    this.#watch = new PictureWatch(this.#patience, performance.now() + openPatience);
    link.order({ type: 'start', fps: previewFps, side: previewSide });
  }

  #see(bytes: Uint8Array): void {
    const watch = this.#watch;
    const now = performance.now();
    if (watch === null) return;
    watch.see(now);
    if (this.#isSampling || now - this.#sampledAt < sampleEvery) return;
    this.#sampledAt = now;
    this.#isSampling = true;
    sampleOf(bytes, this.#decoder)
      .then(
        (sample) => watch.judge(performance.now(), sample),
        // What cannot be decoded is no picture; the hints say the same.
        () => undefined,
      )
      .finally(() => {
        this.#isSampling = false;
      });
  }

  #failStillsOf(link: TabletLink, error: Error): void {
    for (const [id, asked] of this.#askedOf) if (asked === link) this.#stills.fail(id, error);
  }

  #linkOf(client: string | null): TabletLink | undefined {
    return client === null ? undefined : this.#tablets.links.get(client);
  }

  /** Where nobody leads the visit, there is only a choice where one tablet could. */
  #onlyReady(): TabletLink | undefined {
    const ready = [...this.#tablets.links.values()].filter(({ report }) => report?.type === 'ready');
    return ready.length === 1 ? ready[0] : undefined;
  }

  #tell(): void {
    this.#events.health(this.#healthNow(performance.now()));
  }

  #healthNow(now: number): DriverHealth {
    const links = [...this.#tablets.links.values()];
    const leading = this.#linkOf(this.#client);
    if (this.#client !== null && leading === undefined) {
      const message = 'The connection to the tablet that leads the visit was lost. It comes back by itself.';
      return { level: 'trouble', name: 'tablet', message, fps: null };
    }
    const shown = leading ?? links.find(({ report }) => report?.type === 'ready') ?? links[0];
    const name = shown?.report?.type === 'ready' ? shown.report.label || 'tablet' : 'tablet';
    if (shown === undefined) {
      const message = "Waiting for a tablet: open the visitor's page on one, and allow it to use its camera.";
      return { level: 'starting', name, message, fps: null };
    }
    if (shown.report === null) return { level: 'starting', name, message: 'A tablet tries its camera.', fps: null };
    if (shown.report.type === 'trouble') {
      return { level: 'trouble', name, message: sentences[shown.report.trouble], fps: null };
    }
    const watch = leading === undefined ? null : this.#watch;
    const trouble = watch?.trouble(now) ?? null;
    if (trouble !== null) return { level: 'trouble', name, message: troubleSentences[trouble], fps: null };
    return { level: 'good', name, message: '', fps: watch?.fps(now) ?? null };
  }
}

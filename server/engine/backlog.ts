import type { Chain } from '../chain/chain.ts';
import type { PackFacts } from '../chain/face-record.ts';
import { dropFilm, withLastingNames } from '../chain/films.ts';
import { messageOf } from '../errors.ts';
import type { RgbImage } from '../image/rgb-image.ts';
import type { FromEngine, ToEngine } from './messages.ts';

/** Nothing has become for so long before films are made, ms. */
const filmAfter = 3_000;
/** What failed is tried again after so long, ms: a full disk may have room by then. */
const againAfter = 10 * 60_000;

type Film = Extract<ToEngine, { type: 'film' }>;

export interface BacklogTools {
  readonly chain: Pick<Chain, 'undrawn' | 'draw' | 'nextFilm' | 'filmed' | 'report'>;
  /** The pack of the engine; null while it is away. */
  readonly pack: () => PackFacts | null;
  readonly isBecoming: () => boolean;
  readonly newId: () => number;
  /** False where the engine is away. */
  readonly send: (message: ToEngine) => boolean;
  readonly drawFace: (face: string) => Promise<RgbImage>;
}

/**
 * What faces of the chain still lack: pictures of those a power cut ended, and films. The engine draws films only between
 * becomings, and goes on with one where a becoming interrupted it, so that they keep up also on days without a pause.
 */
export class Backlog {
  readonly #tools: BacklogTools;
  #film: { readonly id: number; readonly face: string; readonly from: string | null } | null = null;
  #isDrawing = false;
  /** Faces whose pictures or film failed. */
  readonly #failed = new Set<string>();
  /** Faces during whose film the engine was lost: it may be why, so that only the next start tries again. */
  readonly #suspects = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;

  constructor(tools: BacklogTools) {
    this.#tools = tools;
  }

  /** The engine is there: pictures at once, since the wall wants them. */
  begin(): void {
    void this.#draw().then(() => this.later());
  }

  /** Something may be to do, but not at once: the next visitor may be stepping up. */
  later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#draw().then(() => this.#filmNext()), filmAfter);
    this.#timer.unref();
  }

  /** Gives up the film in hand; where its face stays, it is begun again later. */
  #stop(): void {
    if (this.#film === null) return;
    this.#tools.send({ type: 'stop', id: this.#film.id });
    this.#film = null;
  }

  /** The engine is gone. */
  lost(): void {
    // While a face becomes, the film rests.
    if (this.#film !== null && !this.#tools.isBecoming()) this.#suspects.add(this.#film.face);
    this.#film = null;
  }

  /** Hears what the engine says of films; the rest is another's. */
  hear(message: FromEngine): void {
    if (message.type === 'filmed' && message.id !== this.#film?.id) {
      // It was stopped, too late, and may show a face that was forgotten. Where it may not, it is made again.
      void dropFilm(message.video).catch(() => undefined);
    }
    if (this.#film === null || !('id' in message) || message.id !== this.#film.id) return;
    const { face } = this.#film;
    if (message.type === 'filmed') void this.#filmed(face, message.video);
    if (message.type === 'failed') this.#fails(face, message.message);
  }

  /** Lets go of a face that is about to be deleted, also at the beginning of the next one's film. */
  forget(face: string): void {
    if (this.#film?.face === face || this.#film?.from === face) this.#stop();
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
  }

  async #draw(): Promise<void> {
    const { chain, drawFace } = this.#tools;
    const pack = () => (this.#tools.isBecoming() ? null : this.#tools.pack());
    const now = pack();
    if (now === null || this.#isDrawing) return;
    this.#isDrawing = true;
    for (const face of chain.undrawn(now)) {
      if (pack() === null) break;
      if (this.#failed.has(face)) continue;
      try {
        await chain.draw(face, await drawFace(face));
      } catch (error) {
        // An engine that is gone does it all when it is back; anything else is wrong with this face or the disk.
        if (pack() === null) break;
        this.#fails(face, messageOf(error));
      }
    }
    this.#isDrawing = false;
  }

  #filmNext(): void {
    const { chain, pack, newId, send } = this.#tools;
    const now = pack();
    if (now === null || this.#film !== null) return;
    const next = chain.nextFilm(now, new Set([...this.#failed, ...this.#suspects]));
    if (next === null) return;
    const film: Film = { type: 'film', id: newId(), journal: next.journal, video: next.video };
    if (send(film)) this.#film = { id: film.id, face: next.id, from: next.from };
  }

  async #filmed(face: string, video: string): Promise<void> {
    this.#film = null;
    try {
      await this.#tools.chain.filmed(face, video);
      this.#filmNext();
    } catch (error) {
      this.#fails(face, messageOf(error));
    }
  }

  #fails(face: string, reason: string): void {
    if (this.#film?.face === face) this.#film = null;
    this.#failed.add(face);
    this.#tools.chain.report(withLastingNames(reason));
    this.#again ??= setTimeout(() => {
      this.#again = undefined;
      this.#failed.clear();
      this.later();
    }, againAfter).unref();
    this.later();
  }
}

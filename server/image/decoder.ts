import { FamiliarError, messageOf } from '../errors.ts';
import { forkModule } from '../runtime/fork-module.ts';
import { ProcessStopped, RequestFailed, RequestProcess } from '../runtime/request-process.ts';
import {
  defaultLimits,
  type ImageLimits,
  type ImageSource,
  type OpenedImage,
  openImage,
  type ReadOptions,
} from './decode.ts';
import { decoderMemory, outOfMemoryCode, outOfTimeCode, pixelsWithin } from './decoder-memory.ts';
import { imageErrors } from './errors.ts';
import type { RgbImage } from './rgb-image.ts';

/** Opens and decodes pictures; see `openImage`. */
export interface ImageDecoder {
  open(source: ImageSource, limits?: ImageLimits): Promise<OpenedImage>;
  /** Opens and reads in one go. */
  decode(source: ImageSource, options?: ReadOptions, limits?: ImageLimits): Promise<RgbImage>;
}

/** Decodes in this process: for files that the user names on the command line. */
export const localDecoder: ImageDecoder = {
  open: openImage,
  decode: async (source, options, limits) => (await openImage(source, limits)).read(options),
};

/** What the decoder's process is asked for: a picture's size where `options` is null, else its pixels. */
export interface DecodeRequest {
  readonly source: ImageSource;
  readonly limits: ImageLimits;
  readonly options: ReadOptions | null;
}

export type DecodeAnswer = Pick<RgbImage, 'width' | 'height'> & { readonly data?: Uint8Array };

export interface DecoderProcessOptions {
  /** Most memory that the process may have, bytes. */
  readonly memory?: number;
  /** Called with the reason when the process hangs or dies, and with null when it works again. */
  readonly onTrouble?: (reason: string | null) => void;
}

/** Longer than any picture may take (`ImageLimits.maxSeconds`), ms. */
const patience = defaultLimits.maxSeconds * 1_000 + 15_000;

/**
 * Decodes pictures from outside - tablets, cameras, folders - in a process of its own whose memory is limited: a picture
 * made to fill the memory is refused by its header, or ends that process and nothing else. It starts with the first
 * picture, and again with the next one where it ended.
 */
export class DecoderProcess implements ImageDecoder {
  readonly #process: RequestProcess<DecodeRequest, DecodeAnswer>;
  readonly #memory: number;

  constructor({ memory = decoderMemory(), onTrouble }: DecoderProcessOptions = {}) {
    this.#memory = memory;
    this.#process = new RequestProcess({
      fork: () =>
        forkModule('./decoder-child', import.meta.url, {
          args: [String(memory)],
          serialization: 'advanced',
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        }),
      patience,
      startPatience: 60_000,
      // Where a picture ended the process, it would end the next one as well.
      attempts: 1,
      giveUpCodes: [outOfMemoryCode, outOfTimeCode],
      onTrouble,
    });
  }

  /** Process id while there is a process. */
  get pid(): number | null {
    return this.#process.pid;
  }

  async open(source: ImageSource, limits: ImageLimits = defaultLimits): Promise<OpenedImage> {
    const { width, height } = await this.#ask(source, limits, null);
    const read = (options: ReadOptions = {}) => this.decode(source, options, limits);
    return { name: nameOf(source), width, height, read };
  }

  async decode(source: ImageSource, options: ReadOptions = {}, limits: ImageLimits = defaultLimits): Promise<RgbImage> {
    return (await this.#ask(source, limits, options)) as RgbImage;
  }

  close(): Promise<void> {
    return this.#process.close();
  }

  async #ask(source: ImageSource, limits: ImageLimits, options: ReadOptions | null): Promise<DecodeAnswer> {
    const maxPixels = Math.min(limits.maxPixels, pixelsWithin(this.#memory));
    try {
      return await this.#process.ask({ source, limits: { ...limits, maxPixels }, options });
    } catch (error) {
      const name = nameOf(source);
      if (error instanceof RequestFailed && error.code !== '') throw new FamiliarError(error.code, error.message);
      if (error instanceof ProcessStopped && error.exitCode === outOfMemoryCode) throw imageErrors.tooMuchMemory(name);
      if (error instanceof ProcessStopped && error.exitCode === outOfTimeCode) {
        throw imageErrors.tooSlow(name, limits.maxSeconds, error);
      }
      throw imageErrors.decoderStopped(name, messageOf(error));
    }
  }
}

const nameOf = (source: ImageSource): string => (typeof source === 'string' ? source : source.name);

import type { RgbImage } from '../image/rgb-image.ts';
import type { FrameHeader } from '../protocol/frame.ts';
import type {
  CameraHealth,
  ChainClockJump,
  ChainFace,
  EngineHealth,
  Hint,
  UnreadableFace,
} from '../protocol/snapshot.ts';

/**
 * What the installation needs from the rest of the house, and no more. Each port is kept by one room and handed in by
 * main; tests hand in fakes that are crueller than the real ones.
 *
 * Listeners return a function that takes them off again. Promises reject with a FamiliarError where a person can act.
 */
export type Off = () => void;

/** An encoded picture as cameras give it and files hold it. */
export interface Photograph {
  /** JPEG, PNG or WebP. */
  readonly bytes: Uint8Array;
  /** Capture time, ms since 1970. */
  readonly at: number;
  /** To be called when a face has begun to grow from it or nothing shall come of it: the camera's own copy goes then. */
  readonly used?: () => void;
}

export interface Preview {
  readonly bytes: Uint8Array;
  readonly encoding: 'jpeg' | 'webp';
  readonly width: number;
  readonly height: number;
  readonly at: number;
}

export interface CameraPort {
  readonly health: CameraHealth;
  onHealth(listener: (health: CameraHealth) => void): Off;
  /** Changes the driver; the old one is closed. */
  use(driver: string): void;
  /** Whether previews are wanted; `client` is the tablet that leads the visit, for a camera that is a tablet's own. */
  setPreview(wanted: boolean, client: string | null): void;
  onPreview(listener: (preview: Preview) => void): Off;
  /** One photograph at full size. `client` as above. */
  takeStill(client: string | null, signal: AbortSignal): Promise<Photograph>;
  /** Whether a photograph waits to be taken without a visitor (driver `folder`), and word of changes. */
  readonly waiting: boolean;
  onWaiting(listener: (waiting: boolean) => void): Off;
  close(): Promise<void>;
}

/** A portrait found fit to become. */
export interface Portrait {
  /** Aligned, at the pack's resolution: what the engine looks at. */
  readonly target: RgbImage;
  /** The same crop for people to look at: JPEG, 512 px or so. */
  readonly picture: Uint8Array;
}

/** Live judgement of a preview, for the hints. */
export interface Observation {
  /** Most urgent first; `['ready']` where nothing is in the way. */
  readonly hints: readonly Hint[];
  /** Parts of the picture's width and height. */
  readonly faceBox: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}

export interface PortraitPort {
  /** Finds and aligns the face. Rejects with a FamiliarError whose message a visitor may read where it is refused. */
  prepare(photograph: Photograph, signal: AbortSignal): Promise<Portrait>;
  /** Light enough for several a second; the caller never has two running. */
  observe(preview: Preview): Promise<Observation>;
}

/** A step of a becoming, as the engine makes it. */
export interface BecomingStep {
  /** Counts from 0, which is the face it starts from, unchanged. */
  readonly step: number;
  /** Part of the engine's time that is used up, 0..1, never falling; 1 with the last step. */
  readonly done: number;
  /** As it is to be shown. */
  readonly image: RgbImage;
  readonly loss: number;
  /** 0..1. */
  readonly likeness: number;
}

/** What a visitor agreed to. */
export interface ConsentWords {
  /** Code of the language they read it in; null where nobody was asked. */
  readonly language: string | null;
  /** Word for word, one line a paragraph. */
  readonly text: string;
}

export interface BecomingOrder {
  readonly visitor: number;
  readonly target: RgbImage;
  /** The photograph, to be kept only where installation.yaml says so. */
  readonly photograph: Photograph;
  /** The time the engine has for all its steps. */
  readonly seconds: number;
  readonly consent: ConsentWords & { readonly at: number; readonly how: 'tablet' | 'rehearsal' };
}

/** A becoming in hand: journalled by the chain, computed by the engine, both out of sight. */
export interface Becoming {
  /** Id of the face in the chain. */
  readonly face: string;
  /** Id of the face it grows out of; null where that is nobody's. */
  readonly from: string | null;
  /** Secret with which the visitor sees and deletes their face. */
  readonly receipt: string;
  /**
   * Steps in order, as fast as the engine makes them. An engine that crashes is restarted underneath, and the steps go
   * on. Ends after the last one; rejects only where it cannot be gone on with.
   */
  readonly steps: AsyncIterable<BecomingStep>;
  /** Draws one of these steps as faces are bent now. Rejects while the engine is away. */
  redraw(step: BecomingStep): Promise<RgbImage>;
  /** The time for all steps changed; what is done stays done. */
  retime(seconds: number): void;
  /** Stops and keeps the face as it is now. */
  finish(): Promise<void>;
  /** Stops and leaves no trace. */
  abandon(): Promise<void>;
}

/** A face the engine can draw without projecting. `start` is what the next visitor will grow out of. */
export type FaceSource =
  | { readonly kind: 'start' }
  | { readonly kind: 'face'; readonly id: string }
  | { readonly kind: 'nobody'; readonly seed: number };

/** Faces and how much of each; the shares sum to 1. */
export type FaceMix = readonly { readonly source: FaceSource; readonly share: number }[];

export interface EnginePort {
  readonly health: EngineHealth;
  onHealth(listener: (health: EngineHealth) => void): Off;
  /** Id of the face the next visitor will grow out of; null where that is nobody's, or the engine is away. */
  readonly startFace: string | null;
  /** Begins a face; where the engine is starting, as soon as it is ready, unless another is ordered meanwhile. */
  become(order: BecomingOrder): Promise<Becoming>;
  /** Draws a mix of latents: the walks between faces. Rejects while the engine is away. */
  render(mix: FaceMix): Promise<RgbImage>;
  /** Bends all that is shown from now on, nothing that is kept: standard deviations by the pack's direction names. */
  setDirections(values: Readonly<Record<string, number>>): void;
  close(): Promise<void>;
}

export interface ChainPort {
  /** Oldest first, finished faces only. */
  readonly faces: readonly ChainFace[];
  onChange(listener: () => void): Off;
  /** Faces that cannot be shown, but deleted. */
  readonly unreadable: readonly UnreadableFace[];
  /** A jump of the clock that the curator is asked to confirm; null where there is none. */
  readonly clockJump: ChainClockJump | null;
  /** Deletes what is too old although the clock has jumped; false where that is not in question. */
  confirmClock(): Promise<boolean>;
  /** Deletes a face for good; false where there is none. */
  forget(id: string): Promise<boolean>;
  /** The face that a receipt belongs to. */
  byReceipt(token: string): { readonly face: ChainFace; readonly finished: boolean } | null;
  /** Encoded pictures; null where there is no such face or picture. */
  picture(id: string, name: 'final.webp' | 'thumbnail.webp'): Promise<Uint8Array | null>;
  /** A face's final picture as pixels, for when the engine is away. */
  still(id: string): Promise<RgbImage | null>;
  close(): Promise<void>;
}

/** Where pictures go: the newest is shown. */
export interface StreamPort {
  show(
    image: RgbImage,
    header: Pick<FrameHeader, 'kind' | 'state' | 'blend' | 'visitor' | 'likeness' | 'capturedAt'>,
  ): void;
  /** Forgets the newest picture, so that no new display is shown it. */
  clear(): void;
}

export interface Clock {
  /**
   * Milliseconds since 1970 as the time was when the program started, going evenly from there: a visitor's time neither ends
   * nor stretches when the computer's clock is set.
   */
  now(): number;
  /** Milliseconds since 1970 as the computer's clock has it now: what is written down, and what others mean. */
  date(): number;
  setTimeout(run: () => void, ms: number): Off;
}

export const systemClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  date: () => Date.now(),
  setTimeout(run, ms) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

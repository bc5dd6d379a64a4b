import type { PairedDevice, WaitingDevice } from './devices.ts';
import type { Mapping } from './mapping.ts';
import type { Language, Parameter, ParameterValue, ParameterValues } from './parameters.ts';
import type { PortraitProblem } from './portrait-problems.ts';
import type { StateName } from './states.ts';
import type { Texts } from './texts.ts';

/** Milliseconds since 1970 on the server's clock. Pages correct by `InstallationState.now` when it arrives. */
export type Time = number;

/** What stands in the way of a good portrait, most urgent first. `ready`: nothing does. */
export const hints = [
  'no-face',
  'several-faces',
  'closer',
  'further',
  'centre',
  'look-here',
  'more-light',
  'less-light',
  'hold-still',
  'ready',
] as const;
export type Hint = (typeof hints)[number];

/** The visit in hand; null in attract. */
export interface Visit {
  /** The visitor's number, counted over the life of the piece; given when the becoming starts, null before. */
  readonly visitor: number | null;
  /** The place in the queue this visit came from, where it came from the queue. */
  readonly ticket: number | null;
  /**
   * Whether the page this is sent to leads the visit, or may: a visit begun from elsewhere (OSC, the curator) is led by
   * the tablet on which somebody consents. Always false on displays and the curator's page, and for rehearsals.
   */
  readonly mine: boolean;
  /** Whether the words of consent say that the photograph is shown beside the face. */
  readonly beside: boolean;
  readonly hints: readonly Hint[];
  /** Where the face was found in the preview, as parts of its width and height; null where there is none. */
  readonly faceBox: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
  /** Whether the portrait is taken by itself at `until`; only for the leading tablet and curators. */
  readonly captures: boolean;
  /** Address of the portrait, from review on; only for the leading tablet, curators, and displays that show it. */
  readonly portrait: string | null;
  /**
   * Why the last try gave no portrait, null otherwise. Visitors are told by the code, in their language; `message` is for
   * curators, in English.
   */
  readonly problem: { readonly code: PortraitProblem; readonly message: string } | null;
  /** Address of the visitor's receipt, from becoming on; only for the leading tablet. */
  readonly receipt: string | null;
  /** The same as a full address for the QR code. */
  readonly receiptLink: string | null;
  readonly progress: Progress | null;
}

/** What the tablet that led a visit goes on showing after the wall has moved on, so that the code can be scanned. */
export interface Farewell {
  readonly visitor: number;
  readonly receipt: string;
  readonly receiptLink: string;
  readonly until: Time;
}

/** How far the becoming is. */
export interface Progress {
  readonly step: number;
  /** Steps expected at the present speed and pace. */
  readonly steps: number;
  /** 0..1 of the pace's time. */
  readonly done: number;
  readonly secondsLeft: number;
  /** 0..1; null before the first step. */
  readonly likeness: number | null;
  readonly loss: number | null;
}

/** One point of the loss curve. */
export interface CurvePoint {
  readonly step: number;
  readonly loss: number;
  readonly likeness: number;
}

/** Most faces that pages are told of at once. */
export const facesAtOnce = 500;

/** A face of the chain, oldest first. Pictures: `faceUrl(id, 'thumbnail.webp')` (128 px) and `'final.webp'`. */
export interface ChainFace {
  readonly id: string;
  readonly visitor: number;
  readonly at: Time;
  readonly likeness: number | null;
}

/** A face whose folder or record cannot be read: it can only be deleted. `id` is the name of its folder. */
export type UnreadableFace = Pick<ChainFace, 'id' | 'visitor'>;

/** The clock may have jumped ahead: faces that it makes too old to keep stay until the curator confirms it. */
export interface ChainClockJump {
  /** When the piece last ran, by a clock that was believed. */
  readonly from: Time;
  /** What the clock says now. */
  readonly to: Time;
  /** How many faces would be deleted. */
  readonly faces: number;
}

export interface QueueTicket {
  readonly ticket: number;
  /** 1 is next. */
  readonly place: number;
  /** Expected wait, seconds, from the pace and who is before. */
  readonly wait: number;
}

export interface Queue {
  readonly waiting: readonly QueueTicket[];
  /** The ticket that is being called (greet), null otherwise. */
  readonly called: number | null;
  readonly full: boolean;
}

export type HealthLevel = 'good' | 'starting' | 'trouble';

export interface Health {
  readonly level: HealthLevel;
  /** Short name: which camera, which engine. */
  readonly name: string;
  /** What is wrong and what to do, or what it is doing; may be empty. */
  readonly message: string;
  readonly since: Time;
}

export interface EngineHealth extends Health {
  readonly pack: string;
  readonly resolution: number;
  readonly stepsPerSecond: number | null;
  readonly restarts: number;
}

export interface CameraHealth extends Health {
  readonly fps: number | null;
}

export interface DisplayHealth {
  /** Of this connection. */
  readonly id: string;
  /** Of the display (`?name=`); several may share one. */
  readonly name: string;
  readonly connectedAt: Time;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Frames the server did not send because newer ones came. */
  readonly dropped: number;
  readonly sent: number;
  /** 95th percentile of capture to drawn, ms. */
  readonly latency: number | null;
  /** Address of what it showed a moment ago; null where it has not sent any. */
  readonly thumbnail: string | null;
}

export type LogLevel = 'info' | 'warning' | 'error';

export interface LogLine {
  readonly at: Time;
  readonly level: LogLevel;
  readonly message: string;
}

export interface Preset {
  readonly name: string;
  readonly savedAt: Time;
  readonly values: Readonly<Record<string, ParameterValue>>;
}

/** What only curators see. */
export interface CuratorState {
  readonly engine: EngineHealth;
  readonly camera: CameraHealth;
  readonly displays: readonly DisplayHealth[];
  readonly tablets: number;
  readonly curators: number;
  readonly osc: { readonly listening: string | null; readonly subscribers: number; readonly wrong: number };
  readonly presets: readonly Preset[];
  /** At most `facesAtOnce`. */
  readonly unreadable: readonly UnreadableFace[];
  readonly clockJump: ChainClockJump | null;
  /** Devices on other computers that were paired, newest first. */
  readonly devices: readonly PairedDevice[];
  /** Displays that show a code. */
  readonly waiting: readonly WaitingDevice[];
  /** Newest last, at most 200. */
  readonly log: readonly LogLine[];
}

/** What of installation.yaml tablets must know. */
export interface TabletSettings {
  /** Whether photographs are kept: the words of consent change with it (`chain: keepPortraits`). */
  readonly portraitsKept: boolean;
  /** Whether visitors see their preview as in a mirror (`camera: mirror`). */
  readonly mirror: boolean;
  /** How long the receipt stays after the wall has moved on, seconds (`visit: arrivedPage`). */
  readonly arrivedPage: number;
  /** Whether there is a queue at all (`visit: queue` above 0). */
  readonly queue: boolean;
}

/**
 * Everything a page needs to draw itself, sent in full on every (re)connection and then as replacements of its top-level
 * parts (`StateUpdate`).
 */
export interface InstallationState {
  /** Counts up with every update; a gap means that the page must ask for the whole again (`sync`). */
  readonly revision: number;
  readonly now: Time;
  readonly state: StateName;
  /** When this state began. */
  readonly since: Time;
  /** When this state ends by itself, or null. During countdown: when the portrait is taken. Null while frozen. */
  readonly until: Time | null;
  readonly visit: Visit | null;
  /** Only for the tablet that led the last visit, until it runs out or that tablet begins anew. */
  readonly farewell: Farewell | null;
  /** Of the becoming in hand or the last one; cleared when the next begins. */
  readonly curve: readonly CurvePoint[];
  readonly queue: Queue;
  /** Whether a visit could begin (camera, engine, opening), and if not, why, as a code of `texts.ts`. */
  readonly trouble: 'camera' | 'engine' | 'closed' | null;
  /** Which camera is in use; the visitor's page lends its own where it is `browser`. */
  readonly cameraDriver: string;
  readonly settings: TabletSettings;
  readonly parameters: ParameterValues;
  /** The description the curator's controls are made from. */
  readonly descriptions: readonly Parameter[];
  /** By name of the display; where a display has none, the identity. */
  readonly mappings: Readonly<Record<string, Mapping>>;
  /** Oldest first; at most the newest `facesAtOnce`. Curators find the others by `chain.find`. */
  readonly chain: readonly ChainFace[];
  readonly languages: readonly Language[];
  /** By language code, complete: what installation.yaml leaves out is filled in. */
  readonly texts: Readonly<Record<string, Texts>>;
  /** Null on all other pages. */
  readonly curator: CuratorState | null;
}

export interface StateUpdate {
  readonly revision: number;
  readonly now: Time;
  readonly changes: Partial<Omit<InstallationState, 'revision' | 'now' | 'curator'>>;
  /** Parts of `curator` that changed; only sent to curators. */
  readonly curator?: Partial<CuratorState>;
  /** To be appended to `curve`. */
  readonly curvePoints?: readonly CurvePoint[];
}

/** The state after an update, or null where updates were missed and the page must ask for the whole. Pure. */
export function applyUpdate(state: InstallationState, update: StateUpdate): InstallationState | null {
  if (update.revision !== state.revision + 1) return null;
  const curator = state.curator && update.curator ? { ...state.curator, ...update.curator } : state.curator;
  const base = { ...state, ...update.changes, curator, revision: update.revision, now: update.now };
  return update.curvePoints ? { ...base, curve: [...base.curve, ...update.curvePoints] } : base;
}

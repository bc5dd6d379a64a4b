import type { CommandAnswer } from '../protocol/commands.ts';
import type { Source } from '../protocol/parameters.ts';
import type { PortraitProblem } from '../protocol/portrait-problems.ts';
import type { RefusalCode } from '../protocol/refusals.ts';
import type { Hint, Progress, Time, Visit } from '../protocol/snapshot.ts';
import type { StateName } from '../protocol/states.ts';

/** Durations in seconds, and what else the visit depends on; may change at any time. */
export interface Settings {
  readonly greet: number;
  readonly framing: number;
  readonly review: number;
  readonly call: number;
  readonly arrivedPage: number;
  readonly autoCapture: number;
  /** Longest queue. */
  readonly queue: number;
  readonly countdown: number;
  readonly hold: number;
  readonly accepting: boolean;
  /** Whether photographs are shown beside the finished faces. */
  readonly portraitBeside: boolean;
}

/** The visit in hand; the machine holds tokens and numbers of a visitor, never a picture. */
export interface VisitState {
  /** The tablet that leads it; null until one does. */
  readonly owner: string | null;
  readonly ticket: number | null;
  /** Whether the ticket is being called and nobody has come yet. */
  readonly called: boolean;
  /** Begun by a photograph in a folder: nobody is asked. */
  readonly rehearsal: boolean;
  /** Whether the photograph may be shown beside the face: what is asked at the beginning holds to the end. */
  readonly beside: boolean;
  readonly consentAt: Time | null;
  /** In whose words consent was given. */
  readonly language: string | null;
  readonly hints: readonly Hint[];
  readonly faceBox: Visit['faceBox'];
  /** Since when the hints have said `ready`. */
  readonly readySince: Time | null;
  readonly problem: Visit['problem'];
  /** Under which the portrait is kept outside; null while there is none. */
  readonly portrait: string | null;
  readonly visitor: number | null;
  /** Id of the face in the chain; null until the becoming has begun, as is the receipt. */
  readonly face: string | null;
  readonly receipt: string | null;
  readonly progress: Progress | null;
  /** When the face was last known to be on its way. */
  readonly movedAt: Time | null;
}

export interface Ticket {
  readonly ticket: number;
}

export interface FarewellState {
  readonly client: string;
  readonly visitor: number;
  readonly face: string;
  readonly receipt: string;
  readonly until: Time;
}

export interface MachineState {
  readonly name: StateName;
  /** Changes with every change of state; what comes back for another epoch is dropped. */
  readonly epoch: number;
  readonly since: Time;
  /** Null exactly in attract. */
  readonly visit: VisitState | null;
  readonly queue: readonly Ticket[];
  readonly nextTicket: number;
  /** Visitors so far, over the life of the piece. */
  readonly visitors: number;
  readonly farewell: FarewellState | null;
  readonly settings: Settings;
  readonly cameraWorks: boolean;
  readonly engineWorks: boolean;
  /** Whether a photograph waits in the camera's folder. */
  readonly photographWaits: boolean;
  readonly frozenSince: Time | null;
}

export type VisitCommand =
  | 'begin'
  | 'consent'
  | 'capture'
  | 'keep'
  | 'again'
  | 'leave'
  | 'skip'
  | 'attract'
  | 'queue.join'
  | 'queue.leave'
  | 'stay';

export interface Sender {
  readonly source: Source;
  /** The tablet, where it is one. */
  readonly client: string | null;
}

export type MachineEvent =
  | {
      readonly type: 'command';
      readonly command: VisitCommand;
      readonly by: Sender;
      readonly ticket?: number;
      readonly language?: string;
    }
  /** Nothing but time has passed. */
  | { readonly type: 'time' }
  | { readonly type: 'settings'; readonly settings: Settings }
  | { readonly type: 'freeze'; readonly on: boolean }
  | { readonly type: 'camera'; readonly works: boolean }
  | { readonly type: 'engine'; readonly works: boolean }
  | { readonly type: 'photograph'; readonly waits: boolean }
  | {
      readonly type: 'observed';
      readonly epoch: number;
      readonly hints: readonly Hint[];
      readonly faceBox: Visit['faceBox'];
    }
  | { readonly type: 'portrait'; readonly epoch: number; readonly token: string }
  | { readonly type: 'no-portrait'; readonly epoch: number; readonly code: PortraitProblem; readonly message: string }
  | { readonly type: 'begun'; readonly epoch: number; readonly face: string; readonly receipt: string }
  /** The face is on its way, to a new step or still to the same. */
  | { readonly type: 'progress'; readonly epoch: number; readonly progress: Progress }
  | { readonly type: 'became'; readonly epoch: number }
  | { readonly type: 'broken'; readonly epoch: number }
  /** A face is being deleted, of this visit or any other. */
  | { readonly type: 'forgotten'; readonly face: string };

/** What the wall shows: the chain; the face the next will grow out of; the becoming; the finished face. */
export type Scene = 'attract' | 'start' | 'becoming' | 'arrived';

export type Effect =
  | { readonly type: 'show'; readonly scene: Scene }
  /** On to the next face of the chain. */
  | { readonly type: 'next-face' }
  | { readonly type: 'preview'; readonly wanted: boolean; readonly client: string | null }
  | { readonly type: 'take-portrait'; readonly epoch: number; readonly client: string | null }
  | { readonly type: 'drop-portrait'; readonly token: string }
  | {
      readonly type: 'become';
      readonly epoch: number;
      readonly visitor: number;
      readonly portrait: string;
      readonly consentAt: Time;
      readonly language: string | null;
      readonly beside: boolean;
      readonly rehearsal: boolean;
    }
  /** The becoming begun in that epoch is over: its face is kept, or it leaves no trace. */
  | { readonly type: 'end-becoming'; readonly epoch: number; readonly keep: boolean }
  | { readonly type: 'count'; readonly visitors: number }
  | { readonly type: 'log'; readonly message: string };

export interface Refused {
  readonly refused: RefusalCode;
  readonly reason: string;
}

export interface Advance {
  readonly state: MachineState;
  readonly effects: readonly Effect[];
  /** The answer to a command; null for other events. */
  readonly answer: CommandAnswer | null;
}

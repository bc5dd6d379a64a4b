import type { Command, CommandAnswer } from './commands.ts';
import type { RefusalCode } from './refusals.ts';
import { accept, type Result, refuse } from './result.ts';
import type { InstallationState, LogLine, StateUpdate } from './snapshot.ts';

/** Raised whenever a page of the version before could no longer understand the server, or the other way round. */
export const protocolVersion = 1;

export const roles = ['display', 'visitor', 'curator'] as const;
export type Role = (typeof roles)[number];

/** What a page says of itself when it connects (socket.io's `auth`). */
export interface Hello {
  readonly protocol: number;
  readonly role: Role;
  /** Random, made once a tab (`sessionStorage`), so that a tablet that slept still leads its visit. 8 to 64 characters. */
  readonly client: string;
  /** Displays: `?name=`, else `main`. */
  readonly name?: string;
  /** Curators only. */
  readonly pin?: string;
  /** Path of the page's own script, whose name changes with every build; left out where it is not built. */
  readonly build?: string;
}

/** Reads a hello of unknown origin. */
export function parseHello(value: unknown): Result<Hello> {
  if (typeof value !== 'object' || value === null) return refuse('invalid', 'The page did not say what it is.');
  const { protocol, role, client, name, pin, build } = value as Record<string, unknown>;
  if (protocol !== protocolVersion) return refuse('version', 'This page is of another version: reload it.');
  const known = roles.find((candidate) => candidate === role);
  if (!known) return refuse('invalid', 'The page did not say what it is.');
  if (typeof client !== 'string' || !/^[\w-]{8,64}$/.test(client))
    return refuse('invalid', 'The page has no valid id.');
  if (name !== undefined && (typeof name !== 'string' || !displayNamePattern.test(name))) {
    return refuse('invalid', 'A display’s name may have letters, digits, dashes and 40 characters at most.');
  }
  if (pin !== undefined && (typeof pin !== 'string' || pin.length > 64))
    return refuse('invalid', 'The PIN is not text.');
  if (build !== undefined && (typeof build !== 'string' || build.length > 200)) {
    return refuse('invalid', 'The page named no script.');
  }
  return accept({
    protocol,
    role: known,
    client,
    ...(name === undefined ? {} : { name }),
    ...(pin === undefined ? {} : { pin }),
    ...(build === undefined ? {} : { build }),
  });
}

export const displayNamePattern = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u;

/** The `data` of socket.io's `connect_error`. On `version` the page reloads itself, at most once a minute. */
export interface ConnectRefusal {
  readonly code: RefusalCode;
  readonly reason: string;
  /** Seconds to wait before the next try, with `rate-limited`. */
  readonly retryAfter?: number;
}

/** What displays tell of themselves, once a second. */
export interface DisplayReport {
  readonly width: number;
  readonly height: number;
  /** Pictures drawn a second. */
  readonly fps: number;
  /** 95th percentile of capture to drawn over the last seconds, ms; null where no frame came. */
  readonly latency: number | null;
  /** Frames received but replaced by newer ones before they were drawn. */
  readonly skipped: number;
}

export const displayLimits = {
  /** Largest thumbnail, bytes, JPEG or WebP of about 320 px; sent at most every two seconds while `watch` is on. */
  thumbnail: 64 * 1024,
} as const;

/** Server to page (socket.io). */
export interface ServerEvents {
  /** The whole, on every (re)connection and after `sync`. */
  state: (state: InstallationState) => void;
  update: (update: StateUpdate) => void;
  /** Curators: new lines of the log. Append to `curator.log`, keep the newest 200. */
  log: (lines: readonly LogLine[]) => void;
  /** Displays: whether a curator is looking, so that thumbnails are wanted. */
  watch: (wanted: boolean) => void;
  /** The page is of an older build than the server has: reload. */
  reload: () => void;
}

/** Page to server (socket.io). */
export interface ClientEvents {
  /** Every command is answered exactly once. */
  command: (command: Command, answer: (answer: CommandAnswer) => void) => void;
  /** Asks for the whole state again. */
  sync: () => void;
  /** Displays. */
  report: (report: DisplayReport) => void;
  /** Displays: what they show, JPEG or WebP. */
  thumbnail: (picture: ArrayBuffer | Uint8Array) => void;
  /** Clock and liveness: answered with the server's time, ms since 1970. */
  time: (answer: (now: number) => void) => void;
}

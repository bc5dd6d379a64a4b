import type { ConnectRefusal } from '../../../server/protocol/messages.ts';
import {
  applyUpdate,
  type InstallationState,
  type LogLine,
  type StateUpdate,
} from '../../../server/protocol/snapshot.ts';

/**
 * - `connecting`: nothing is known yet.
 * - `online`: `state` is what the server says now.
 * - `lost`: the server is not reached; the last known `state`, if any, is shown while the page tries again.
 * - `refused`: the server does not let this page in; `refusal` says why.
 * - `outdated`: page and server are of different versions; only loading the page again helps.
 */
export type Phase = 'connecting' | 'online' | 'lost' | 'refused' | 'outdated';

/** What a page knows of the installation, and how well. */
export interface PageLink {
  readonly phase: Phase;
  readonly refusal: ConnectRefusal | null;
  readonly state: InstallationState | null;
  /** Server's clock minus this one, ms. */
  readonly clockOffset: number;
  /** Updates were missed: the whole must be asked for. */
  readonly behind: boolean;
}

export const unlinked: PageLink = { phase: 'connecting', refusal: null, state: null, clockOffset: 0, behind: false };

export type LinkEvent =
  /** `at` is this machine's clock, ms since 1970. */
  | { readonly type: 'state'; readonly state: InstallationState; readonly at: number }
  | { readonly type: 'update'; readonly update: StateUpdate; readonly at: number }
  | { readonly type: 'log'; readonly lines: readonly LogLine[] }
  | { readonly type: 'clock'; readonly offset: number }
  | { readonly type: 'disconnected' }
  | { readonly type: 'refused'; readonly refusal: ConnectRefusal }
  | { readonly type: 'outdated' };

const maxLog = 200;

/** What the page knows after an event. Pure. */
export function reduceLink(link: PageLink, event: LinkEvent): PageLink {
  switch (event.type) {
    case 'state':
      if (!isWhole(event.state)) return { ...link, behind: true };
      return {
        phase: 'online',
        refusal: null,
        state: event.state,
        clockOffset: event.state.now - event.at,
        behind: false,
      };
    case 'update':
      return afterUpdate(link, event.update, event.at);
    case 'log':
      return appendLog(link, event.lines);
    case 'clock':
      return { ...link, clockOffset: event.offset };
    case 'disconnected':
      return link.phase === 'online' || link.phase === 'connecting' ? { ...link, phase: 'lost' } : link;
    case 'refused':
      return event.refusal.code === 'version'
        ? { ...link, phase: 'outdated', refusal: event.refusal }
        : { ...link, phase: 'refused', refusal: event.refusal };
    case 'outdated':
      return { ...link, phase: 'outdated' };
  }
}

function afterUpdate(link: PageLink, update: StateUpdate, at: number): PageLink {
  // Updates after a gap cannot be applied; the whole is on its way.
  if (!link.state || link.behind || !isUpdate(update)) return { ...link, behind: true };
  const state = applyUpdate(link.state, update);
  if (!state) return { ...link, behind: true };
  // An update that was held up on its way makes the server's clock look late, never early.
  return { ...link, state, clockOffset: Math.max(link.clockOffset, update.now - at) };
}

function appendLog(link: PageLink, lines: readonly LogLine[]): PageLink {
  const curator = link.state?.curator;
  if (!link.state || !curator) return link;
  const log = [...curator.log, ...lines].slice(-maxLog);
  return { ...link, state: { ...link.state, curator: { ...curator, log } } };
}

/**
 * Whether it could be what it should be. Server and page are of one version and checked that; this only keeps a tablet
 * from falling over something that is not even shaped like it.
 */
const isWhole = (state: unknown): boolean =>
  isObject(state) && Number.isInteger(state.revision) && isObject(state.parameters) && isObject(state.queue);
const isUpdate = (update: unknown): boolean =>
  isObject(update) && Number.isInteger(update.revision) && isObject(update.changes);
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The server's time now, ms since 1970. */
export const serverNow = (link: PageLink, localNow: number): number => localNow + link.clockOffset;

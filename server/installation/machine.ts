import type { CommandAnswer } from '../protocol/commands.ts';
import type { PortraitProblem } from '../protocol/portrait-problems.ts';
import type { Time } from '../protocol/snapshot.ts';
import type { StateName } from '../protocol/states.ts';
import { deadlineOf, isCaptureDue } from './deadlines.ts';
import { effectsBetween } from './machine-effects.ts';
import type {
  Advance,
  MachineEvent,
  MachineState,
  Refused,
  Sender,
  Settings,
  VisitCommand,
  VisitState,
} from './machine-types.ts';

/**
 * The visit as a table: what each state answers to each command, and where time alone leads. Pure: time is passed in,
 * pictures stay outside, and the effects follow from the state before and after (`machine-effects.ts`).
 */

export const initialState = (settings: Settings, visitors: number, now: Time): MachineState => ({
  name: 'attract',
  epoch: 1,
  since: now,
  visit: null,
  queue: [],
  nextTicket: 1,
  visitors,
  farewell: null,
  settings,
  cameraWorks: false,
  engineWorks: false,
  photographWaits: false,
  frozenSince: null,
});

const newVisit = ({ settings }: MachineState, own: Partial<VisitState>): VisitState => ({
  owner: null,
  ticket: null,
  called: false,
  rehearsal: false,
  beside: settings.portraitBeside,
  consentAt: null,
  language: null,
  hints: [],
  faceBox: null,
  readySince: null,
  problem: null,
  portrait: null,
  visitor: null,
  face: null,
  receipt: null,
  progress: null,
  movedAt: null,
  ...own,
});

type Outcome = MachineState | Refused;
/** What a command may carry. */
interface Details {
  readonly ticket?: number;
  readonly language?: string;
}
type Handler = (state: MachineState, by: Sender, now: Time, details: Details) => Outcome;

interface StateRules {
  /** Where the state leads by itself once `deadlineOf` has passed. */
  readonly timeout: (state: MachineState, now: Time) => MachineState;
  readonly on: Partial<Record<VisitCommand, Handler>>;
}

const rest = (state: MachineState, _by: Sender, now: Time) => toAttract(state, now);

const table: Record<StateName, StateRules> = {
  attract: {
    timeout: (state) => state,
    on: {
      begin: (state, by, now) => whyClosed(state) ?? move(state, 'greet', now, newVisit(state, { owner: by.client })),
      // Shows the next face: an effect without a change of state, see `advance`.
      skip: (state) => state,
      attract: (state) => state,
    },
  },
  greet: {
    timeout: toAttract,
    on: {
      begin: (state, by, now, { ticket }) => {
        const visit = inHand(state);
        if (!visit.called) return refused('wrong-state', 'A visit has begun already.');
        if (by.source === 'visitor' && ticket !== visit.ticket) {
          return refused('not-your-visit', `Number ${visit.ticket} is being called.`);
        }
        return move(state, 'greet', now, { ...visit, owner: by.client, called: false });
      },
      consent: (state, by, now, { language = null }) =>
        inHand(state).called
          ? refused('wrong-state', `Number ${inHand(state).ticket} is being called.`)
          : move(state, 'framing', now, { ...inHand(state), owner: by.client, consentAt: now, language }),
      leave: rest,
      skip: rest,
      attract: rest,
    },
  },
  framing: {
    timeout: (state, now) => (isCaptureDue(state, now) ? toCountdown(state, now) : toAttract(state, now)),
    on: {
      capture: (state, _by, now) =>
        state.cameraWorks ? toCountdown(state, now) : refused('camera-unavailable', 'The camera is not working.'),
      skip: (state, _by, now) => toCountdown(state, now),
      leave: rest,
      attract: rest,
    },
  },
  countdown: {
    timeout: toReview,
    on: { skip: (state, _by, now) => toReview(state, now), leave: rest, attract: rest },
  },
  review: {
    timeout: (state, now) =>
      inHand(state).portrait === null && !inHand(state).rehearsal
        ? backToFraming(state, 'camera-slow', 'The camera gave no picture. Please try again.', now)
        : toAttract(state, now),
    on: {
      keep: toBecoming,
      skip: toBecoming,
      again: (state, _by, now) => move(state, 'framing', now, { ...inHand(state), portrait: null, problem: null }),
      leave: rest,
      attract: rest,
    },
  },
  becoming: {
    timeout: (state, now) => toArrived(state, now),
    on: { skip: (state, _by, now) => toArrived(state, now), leave: rest, attract: rest },
  },
  arrived: {
    timeout: toAttract,
    on: {
      skip: rest,
      // They have seen enough: no receipt is left standing on the tablet.
      leave: (state, _by, now) => ({ ...toAttract(state, now), farewell: null }),
      attract: rest,
    },
  },
};

/** One step of the piece: what has timed out by `now`, then the event. */
export function advance(before: MachineState, event: MachineEvent, now: Time): Advance {
  const current = passTime(before, now);
  const outcome = react(current, event, now);
  if ('refused' in outcome) {
    const { refused: code, reason } = outcome;
    return { state: current, effects: effectsBetween(before, current), answer: { status: 'refused', code, reason } };
  }
  const state = callNext(outcome, now);
  const effects = [...effectsBetween(before, current), ...effectsBetween(current, state, event)];
  if (event.type !== 'command') {
    // A portrait that comes too late must not stay anywhere.
    const late = event.type === 'portrait' && state.visit?.portrait !== event.token;
    return {
      state,
      effects: late ? [...effects, { type: 'drop-portrait', token: event.token }] : effects,
      answer: null,
    };
  }
  if (event.command === 'skip' && state.name === 'attract' && current.name === 'attract') {
    effects.push({ type: 'next-face' });
  }
  return { state, effects, answer: answerTo(event.command, current, state) };
}

function answerTo(command: VisitCommand, before: MachineState, after: MachineState): CommandAnswer {
  if (command === 'queue.join') return { status: 'done', ticket: before.nextTicket };
  const begun = after.name === 'countdown' || after.name === 'becoming';
  return { status: begun ? 'accepted' : 'done' };
}

function passTime(state: MachineState, now: Time): MachineState {
  const { farewell } = state;
  let current = farewell && farewell.until <= now ? { ...state, farewell: null } : state;
  // Bounded: no state but an empty countdown ends at the moment it begins.
  for (let i = 0; i < 4; i++) {
    const deadline = deadlineOf(current);
    if (deadline === null || deadline > now) break;
    current = callNext(table[current.name].timeout(current, now), now);
  }
  return current;
}

function react(state: MachineState, event: MachineEvent, now: Time): Outcome {
  if ('epoch' in event && event.epoch !== state.epoch) return state;
  const { visit } = state;
  switch (event.type) {
    case 'command':
      return obey(state, event.command, event.by, now, event);
    case 'time':
      return state;
    case 'settings':
      return { ...state, settings: event.settings };
    case 'freeze':
      return event.on ? freeze(state, now) : thaw(state, now);
    case 'camera':
      return cameraChanged({ ...state, cameraWorks: event.works }, now);
    case 'engine':
      return { ...state, engineWorks: event.works };
    case 'photograph':
      return { ...state, photographWaits: event.waits };
    case 'observed': {
      if (state.name !== 'framing' || visit === null) return state;
      const ready = event.hints.length === 1 && event.hints[0] === 'ready';
      const { hints, faceBox } = event;
      return { ...state, visit: { ...visit, hints, faceBox, readySince: ready ? (visit.readySince ?? now) : null } };
    }
    case 'portrait': {
      if (state.name !== 'review' || visit === null || visit.portrait !== null) return state;
      // The visitor's time to decide begins now.
      const reviewing = { ...state, since: now, visit: { ...visit, portrait: event.token } };
      return visit.rehearsal ? toBecoming(reviewing, { source: 'system', client: null }, now) : reviewing;
    }
    case 'no-portrait':
      if (state.name !== 'review' || visit === null || visit.portrait !== null) return state;
      return visit.rehearsal ? toAttract(state, now) : backToFraming(state, event.code, event.message, now);
    case 'begun':
      return visit && state.name === 'becoming'
        ? { ...state, visit: { ...visit, face: event.face, receipt: event.receipt } }
        : state;
    case 'progress': {
      if (state.name !== 'becoming' || visit === null) return state;
      return { ...state, visit: { ...visit, progress: event.progress, movedAt: now } };
    }
    case 'became':
    case 'broken':
      return state.name === 'becoming' ? toArrived(state, now) : state;
    case 'forgotten':
      return forget(state, event.face, now);
  }
}

function obey(state: MachineState, command: VisitCommand, by: Sender, now: Time, details: Details): Outcome {
  if (command === 'queue.join') return joinQueue(state);
  if (command === 'queue.leave') return leaveQueue(state, details.ticket, now);
  if (command === 'stay') return stay(state, by, now);
  const handler = table[state.name].on[command];
  if (!handler) return refused('wrong-state', `“${command}” is not possible in the state “${state.name}”.`);
  const { owner = null, rehearsal = false } = state.visit ?? {};
  const isTheirs = rehearsal || (owner !== null && owner !== by.client);
  if (by.source === 'visitor' && isTheirs && command !== 'begin') {
    return refused('not-your-visit', 'This visit is not led by this tablet.');
  }
  return handler(state, by, now, details);
}

function joinQueue(state: MachineState): Outcome {
  if (!state.settings.accepting) return refused('closed', 'The piece is not taking visitors now.');
  if (state.queue.length >= state.settings.queue) return refused('queue-full', 'The queue is full.');
  const { nextTicket } = state;
  const queue = [...state.queue, { ticket: nextTicket }];
  return { ...state, queue, nextTicket: nextTicket + 1 };
}

function leaveQueue(state: MachineState, ticket: number | undefined, now: Time): Outcome {
  if (state.visit?.called && state.visit.ticket === ticket) return toAttract(state, now);
  const queue = state.queue.filter((waiting) => waiting.ticket !== ticket);
  return queue.length < state.queue.length ? { ...state, queue } : refused('not-found', 'There is no such number.');
}

/** Somebody is still there: their code stays for its whole time anew. */
function stay(state: MachineState, by: Sender, now: Time): Outcome {
  const { farewell, settings } = state;
  if (!farewell || farewell.client !== by.client) return refused('wrong-state', 'This tablet shows no code.');
  return { ...state, farewell: { ...farewell, until: now + settings.arrivedPage * 1_000 } };
}

/** In attract, the next in the queue is called, or a photograph that waits is taken, if all works. */
function callNext(state: MachineState, now: Time): MachineState {
  if (state.name !== 'attract' || whyClosed(state)) return state;
  const [next, ...queue] = state.queue;
  if (next) {
    return move({ ...state, queue }, 'greet', now, newVisit(state, { ticket: next.ticket, called: true }));
  }
  if (!state.photographWaits || state.frozenSince !== null) return state;
  // Nobody is asked: the curator's switch alone decides.
  return move(state, 'review', now, newVisit(state, { rehearsal: true, beside: true, consentAt: now }));
}

export function whyClosed(state: MachineState): Refused | null {
  if (!state.settings.accepting) return refused('closed', 'The piece is not taking visitors now.');
  if (!state.cameraWorks) return refused('camera-unavailable', 'The camera is not working.');
  if (!state.engineWorks) return refused('engine-unavailable', 'The engine is not working.');
  return null;
}

function cameraChanged(state: MachineState, now: Time): MachineState {
  // What was last seen is not what is there when the camera is back.
  if (!state.cameraWorks && state.name === 'framing') {
    return { ...state, visit: { ...inHand(state), hints: [], faceBox: null, readySince: null } };
  }
  const taking = state.name === 'countdown' || (state.name === 'review' && state.visit?.portrait === null);
  if (state.cameraWorks || !taking) return state;
  if (state.visit?.rehearsal) return toAttract(state, now);
  return backToFraming(state, 'camera-unavailable', 'The camera stopped. Please wait a moment.', now);
}

const freeze = (state: MachineState, now: Time): MachineState =>
  state.frozenSince === null ? { ...state, frozenSince: now } : state;

/** Time did not pass for the wall: its moments move along by as long as it was frozen. */
function thaw(state: MachineState, now: Time): MachineState {
  if (state.frozenSince === null) return state;
  const thawed = { ...state, frozenSince: null };
  if (state.name !== 'becoming' && state.name !== 'arrived') return thawed;
  const slept = now - Math.max(state.frozenSince, state.since);
  const visit = state.visit && { ...state.visit, movedAt: state.visit.movedAt && state.visit.movedAt + slept };
  return { ...thawed, since: state.since + slept, visit };
}

function toAttract(state: MachineState, now: Time): MachineState {
  const { visit, settings } = state;
  const arrived = state.name === 'arrived' && visit?.owner && visit.face && visit.receipt && visit.visitor;
  const until = now + settings.arrivedPage * 1_000;
  const farewell = arrived
    ? { client: visit.owner, visitor: visit.visitor, face: visit.face, receipt: visit.receipt, until }
    : state.farewell;
  return { ...move(state, 'attract', now, null), farewell };
}

/** Without the face there is nothing to hold, and nothing behind its code. */
function forget(state: MachineState, face: string, now: Time): MachineState {
  if (state.visit?.face === face) return { ...toAttract(state, now), farewell: null };
  return state.farewell?.face === face ? { ...state, farewell: null } : state;
}

const toCountdown = (state: MachineState, now: Time): MachineState =>
  move(state, 'countdown', now, { ...inHand(state), problem: null });

function toReview(state: MachineState, now: Time): MachineState {
  return move(state, 'review', now, { ...inHand(state), portrait: null });
}

const backToFraming = (state: MachineState, code: PortraitProblem, message: string, now: Time): MachineState =>
  move(state, 'framing', now, { ...inHand(state), portrait: null, problem: { code, message } });

function toBecoming(state: MachineState, _by: Sender, now: Time): Outcome {
  const visit = inHand(state);
  if (visit.portrait === null) return refused('wrong-state', 'The portrait is not ready yet.');
  const visitor = state.visitors + 1;
  return move({ ...state, visitors: visitor }, 'becoming', now, { ...visit, visitor, hints: [], faceBox: null });
}

/** The face as far as it came; where it never moved, there is nothing to hold. */
const toArrived = (state: MachineState, now: Time): MachineState =>
  inHand(state).progress?.step ? move(state, 'arrived', now, inHand(state)) : toAttract(state, now);

function move(state: MachineState, name: StateName, now: Time, visit: VisitState | null): MachineState {
  const farewell = visit?.owner && visit.owner === state.farewell?.client ? null : state.farewell;
  const fresh = visit && { ...visit, hints: name === 'framing' ? [] : visit.hints, readySince: null };
  return { ...state, name, epoch: state.epoch + 1, since: now, visit: fresh, farewell };
}

function inHand(state: MachineState): VisitState {
  if (state.visit === null) throw new TypeError(`There is no visit in the state ${state.name}.`);
  return state.visit;
}

const refused = (code: Refused['refused'], reason: string): Refused => ({ refused: code, reason });

import type { Time } from '../protocol/snapshot.ts';
import type { MachineState } from './machine-types.ts';

/** Seconds that a photograph may take to be taken and judged. */
const portraitPatience = 20;
/** Seconds after which a becoming that does not go on is given up. */
const becomingPatience = 120;

/** When the state ends by itself; null where it does not. Freezing stops the wall's states, never the tablet's. */
export function deadlineOf(state: MachineState): Time | null {
  const { settings, since, visit } = state;
  if (visit === null) return null;
  const seconds = (value: number, from = since) => from + value * 1_000;
  switch (state.name) {
    case 'attract':
      return null;
    case 'greet':
      return seconds(visit.called ? settings.call : settings.greet);
    case 'framing':
      return Math.min(seconds(settings.framing), captureTime(state) ?? Number.POSITIVE_INFINITY);
    case 'countdown':
      return seconds(settings.countdown);
    case 'review':
      return seconds(visit.portrait === null ? portraitPatience : settings.review);
    case 'becoming':
      return state.frozenSince === null ? seconds(becomingPatience, visit.movedAt ?? since) : null;
    case 'arrived':
      return state.frozenSince === null ? seconds(settings.hold) : null;
  }
}

/** When the portrait is taken without being asked for, which only happens before a face that is well placed; else null. */
function captureTime({ name, visit, settings, cameraWorks }: MachineState): Time | null {
  const { autoCapture } = settings;
  if (name !== 'framing' || !visit || visit.readySince === null || autoCapture === 0 || !cameraWorks) return null;
  return visit.readySince + autoCapture * 1_000;
}

/** Whether framing ends with the portrait, and not with a visitor who walked away. */
export function isCaptureNext(state: MachineState): boolean {
  const time = captureTime(state);
  return time !== null && time === deadlineOf(state);
}

export function isCaptureDue(state: MachineState, now: Time): boolean {
  const time = captureTime(state);
  return time !== null && time <= now;
}

/** When `advance` must be called next with `{ type: 'time' }`; null where only others can make something happen. */
export function wakeTime(state: MachineState): Time | null {
  const times = [deadlineOf(state), state.farewell?.until ?? null].filter((time) => time !== null);
  return times.length > 0 ? Math.min(...times) : null;
}

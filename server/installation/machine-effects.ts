import type { StateName } from '../protocol/states.ts';
import type { Effect, MachineEvent, MachineState, Scene } from './machine-types.ts';

const scenes: Record<StateName, Scene> = {
  attract: 'attract',
  greet: 'start',
  framing: 'start',
  countdown: 'start',
  review: 'start',
  becoming: 'becoming',
  arrived: 'arrived',
};

const previewed: ReadonlySet<StateName> = new Set(['framing', 'countdown', 'review']);

/**
 * What must be done in the world when the piece goes from one state to another. Derived from the two states, so that no
 * way through the table can forget to drop a portrait or to stop a becoming. What happened only makes the log's words.
 */
export function effectsBetween(before: MachineState, after: MachineState, event?: MachineEvent): Effect[] {
  if (before === after) return [];
  const effects: Effect[] = [];
  const moved = before.epoch !== after.epoch;

  const dropped = before.visit?.portrait;
  if (dropped && dropped !== after.visit?.portrait) effects.push({ type: 'drop-portrait', token: dropped });
  if (moved && before.name === 'becoming') {
    effects.push({ type: 'end-becoming', epoch: before.epoch, keep: after.name === 'arrived' });
  }

  const wanted = previewed.has(after.name);
  const client = wanted ? (after.visit?.owner ?? null) : null;
  const was = previewed.has(before.name);
  if (wanted !== was || (wanted && client !== (before.visit?.owner ?? null))) {
    effects.push({ type: 'preview', wanted, client });
  }

  if (scenes[after.name] !== scenes[before.name]) effects.push({ type: 'show', scene: scenes[after.name] });
  if (after.visitors !== before.visitors) effects.push({ type: 'count', visitors: after.visitors });

  const { visit } = after;
  if (moved && visit && after.name === 'review') effects.push({ type: 'take-portrait', epoch: after.epoch, client });
  if (moved && visit?.portrait && visit.visitor !== null && after.name === 'becoming') {
    const { portrait, visitor, consentAt, language, beside, rehearsal } = visit;
    effects.push({
      type: 'become',
      epoch: after.epoch,
      visitor,
      portrait,
      consentAt: consentAt ?? after.since,
      language,
      beside,
      rehearsal,
    });
  }
  const message = moved ? noteworthy(before, after, event) : null;
  if (message !== null) effects.push({ type: 'log', message });
  return effects;
}

/** What of a visit the curator's log says; nothing of those who only looked. */
function noteworthy(before: MachineState, after: MachineState, event?: MachineEvent): string | null {
  if (event?.type === 'forgotten') return `Face ${before.visit?.visitor} was deleted: the visit has ended.`;
  if (after.name === 'becoming') return `Face ${after.visit?.visitor} begins to become.`;
  if (before.name !== 'becoming') return null;
  const { visit } = before;
  if (after.name !== 'arrived') return `The visitor of face ${visit?.visitor} left before it was made.`;
  const likeness = visit?.progress?.likeness ?? null;
  return `Face ${visit?.visitor} has arrived${likeness === null ? '' : `, likeness ${Math.round(100 * likeness)} %`}.`;
}

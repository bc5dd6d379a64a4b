import type { ChainClockJump, UnreadableFace } from '../../../server/protocol/snapshot.ts';
import { dayAndTime } from '../model/words.ts';
import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';

/** What of the chain wants a curator's decision; nothing where nothing does. */
export function ChainCare({ view: { curator, send } }: { readonly view: View }) {
  return (
    <>
      {curator.clockJump && (
        <ClockQuestion jump={curator.clockJump} onConfirm={() => send({ type: 'chain.confirmClock' })} />
      )}
      {curator.unreadable.length > 0 && (
        <Unreadable faces={curator.unreadable} onForget={(face) => send({ type: 'chain.forget', face })} />
      )}
    </>
  );
}

function ClockQuestion({ jump, onConfirm }: { readonly jump: ChainClockJump; readonly onConfirm: () => void }) {
  const { from, to, faces } = jump;
  return (
    <section class="care" aria-label="Is the date right?">
      <h2>Is today {dayAndTime(to)}?</h2>
      <p>
        The computer’s clock says so, but the piece last ran on {dayAndTime(from)}. If the date is right, {faces} faces
        are older than installation.yaml allows and have to be deleted. If it is wrong, set the computer’s clock:
        nothing is deleted until then.
      </p>
      <ArmButton class="danger" question={`Delete ${faces} faces for good?`} onPress={onConfirm}>
        The date is right
      </ArmButton>
    </section>
  );
}

function Unreadable(props: { readonly faces: readonly UnreadableFace[]; readonly onForget: (id: string) => void }) {
  return (
    <section class="care" aria-label="Faces that cannot be read">
      <h2>Faces that cannot be read</h2>
      <p>Their folders in the chain are damaged. Put them back from a backup, or delete them.</p>
      <ul>
        {props.faces.map(({ id, visitor }) => (
          <li key={id}>
            <span>
              Visitor {visitor} <code>{id}</code>
            </span>
            <ArmButton class="danger" question="For good?" onPress={() => props.onForget(id)}>
              Delete
            </ArmButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';

/** Always at hand. What takes something away from a visitor, or the light from the room, asks first. */
export function SafeButtons({ view }: { readonly view: View }) {
  const { state, send, app } = view;
  const { blackout, freeze } = state.parameters;
  const quiet = state.state === 'attract';
  return (
    <section class="safe" aria-label="Always at hand">
      <ArmButton
        class="blackout"
        question="Dark, really?"
        safe={blackout}
        pressed={blackout}
        onPress={() => app.parameters.edit('blackout', !blackout, false)}
      >
        Blackout
      </ArmButton>
      <ArmButton
        question=""
        safe
        pressed={freeze}
        class="freeze"
        onPress={() => app.parameters.edit('freeze', !freeze, false)}
      >
        Freeze
      </ArmButton>
      <ArmButton question="Skip ahead, really?" safe={quiet} onPress={() => send({ type: 'skip' })}>
        {quiet ? 'Next face' : 'Skip'}
      </ArmButton>
      <ArmButton question="End the visit?" safe={quiet} onPress={() => send({ type: 'attract' })}>
        Attract
      </ArmButton>
    </section>
  );
}

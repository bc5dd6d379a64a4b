import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Gate } from '../model/gate.ts';

export interface PinGateProps {
  readonly gate: Extract<Gate, { name: 'pin' }>;
  readonly onPin: (pin: string) => void;
}

/** Asks for the PIN. */
export function PinGate({ gate, onPin }: PinGateProps) {
  const id = useId();
  const ref = useRef<HTMLInputElement>(null);
  const [pin, setPin] = useState('');
  const { problem, waiting, isAway } = gate;
  useEffect(() => {
    if (problem) setPin('');
    if (!waiting) ref.current?.focus();
  }, [problem, waiting]);
  return (
    <main class="gate">
      <h1>Familiar Faces</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (pin && !waiting) onPin(pin);
        }}
      >
        <label for={id}>PIN of the curator’s page</label>
        <input
          id={id}
          ref={ref}
          type="password"
          autocomplete="current-password"
          maxLength={64}
          value={pin}
          aria-invalid={problem !== null}
          aria-describedby={`${id}-problem`}
          onInput={({ currentTarget }) => setPin(currentTarget.value)}
        />
        <p id={`${id}-problem`} class="problem" role="alert">
          {isAway ? 'The server is not reached. This page goes on trying; look whether the piece runs.' : problem}
        </p>
        <button type="submit" class="main" aria-disabled={waiting} aria-busy={waiting}>
          {waiting ? 'One moment' : 'Open'}
        </button>
        <p class="help">It stands in installation.yaml, or was printed at the first start.</p>
      </form>
    </main>
  );
}

export function OutdatedGate() {
  return (
    <main class="gate">
      <h1>This page has been renewed</h1>
      <p>The server runs another version. Please load the page again to go on.</p>
      <button type="button" class="main" onClick={() => location.reload()}>
        Load again
      </button>
    </main>
  );
}

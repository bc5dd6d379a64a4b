import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

export interface ArmButtonProps {
  readonly class?: string;
  /** What the second touch does, in words: "Really end the visit?" */
  readonly question: string;
  /** Whether the first touch is enough. */
  readonly safe?: boolean;
  readonly pressed?: boolean;
  readonly onPress: () => void;
  readonly children: ComponentChildren;
}

/** How long the second touch is waited for, ms. */
const armedFor = 4_000;

/** A button that a stray touch does not set off: it asks first, in its own place, and forgets by itself. */
export function ArmButton({
  class: className = '',
  question,
  safe = false,
  pressed,
  onPress,
  children,
}: ArmButtonProps) {
  const [armed, arm] = useState(false);
  useEffect(() => {
    if (!armed) return;
    const timer = setTimeout(() => arm(false), armedFor);
    return () => clearTimeout(timer);
  }, [armed]);
  return (
    <button
      type="button"
      class={className}
      data-armed={armed}
      aria-pressed={pressed}
      onBlur={() => arm(false)}
      onClick={() => {
        if (safe || armed) onPress();
        arm(!safe && !armed);
      }}
    >
      <span aria-live="polite">{armed ? question : children}</span>
    </button>
  );
}

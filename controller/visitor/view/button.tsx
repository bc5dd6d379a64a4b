import type { ComponentChildren } from 'preact';
import type { Command } from '../../../server/protocol/commands.ts';
import type { View } from './context.ts';

export interface CommandButtonProps {
  readonly view: View;
  readonly command: Command;
  readonly kind?: 'main' | 'quiet';
  readonly children: ComponentChildren;
}

/** A button that gives a command, once: it waits for the answer. */
export function CommandButton({ view, command, kind, children }: CommandButtonProps) {
  const waiting = view.tablet.pending !== null;
  // Not `disabled`: that would throw the focus away.
  return (
    <button
      type="button"
      class={kind}
      aria-disabled={waiting}
      aria-busy={view.tablet.pending === command.type}
      onClick={() => !waiting && view.app.send(command)}
    >
      {children}
    </button>
  );
}

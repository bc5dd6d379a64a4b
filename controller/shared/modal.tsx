import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { focusPlace } from './focus-place.ts';

export interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}

/** A dialog before the page; the browser keeps the focus in it. Escape closes it. */
export function Modal({ title, onClose, children, class: className = '' }: ModalProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = focusPlace(document);
    dialog?.showModal();
    return () => {
      dialog?.close();
      // A dialog that is taken off the page would leave the focus nowhere, as would what goes together with it.
      before.restore();
      queueMicrotask(() => document.activeElement === document.body && before.restore());
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`modal ${className}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

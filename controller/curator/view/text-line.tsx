import { useId } from 'preact/hooks';

export interface TextLineProps {
  /** What is to be written, for those who do not see it. */
  readonly label: string;
  readonly placeholder: string;
  readonly maxLength: number;
  readonly isNumber?: boolean;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** What the button beside it says. */
  readonly action: string;
  /** Whether what is written is something to act on. */
  readonly isReady: boolean;
  readonly onSubmit: () => void;
}

/** One line to write, and a button that does something with it; emptied then. */
export function TextLine(props: TextLineProps) {
  const { label, placeholder, maxLength, isNumber, value, onInput, action, isReady, onSubmit } = props;
  const id = useId();
  return (
    <form
      class="text-line"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        onSubmit();
        onInput('');
      }}
    >
      <label class="visually-hidden" for={id}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        inputMode={isNumber ? 'numeric' : 'text'}
        placeholder={placeholder}
        maxLength={maxLength}
        autocomplete="off"
        value={value}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
      <button type="submit" aria-disabled={!isReady}>
        {action}
      </button>
    </form>
  );
}

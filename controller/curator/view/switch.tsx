import { useId } from 'preact/hooks';

export interface SwitchProps {
  readonly label: string;
  readonly help?: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

/** On or off, at once. */
export function Switch({ label, help, on, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div class="control">
      <label class="switch">
        <span>{label}</span>
        <input
          type="checkbox"
          role="switch"
          checked={on}
          aria-checked={on}
          aria-describedby={help ? id : undefined}
          onChange={({ currentTarget }) => {
            const wished = currentTarget.checked;
            // The server says how it stands; until then it stays as it was.
            currentTarget.checked = on;
            onChange(wished);
          }}
        />
      </label>
      {help && (
        <p id={id} class="help">
          {help}
        </p>
      )}
    </div>
  );
}

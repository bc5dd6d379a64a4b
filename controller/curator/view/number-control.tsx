import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { numberText } from '../model/parameter-view.ts';
import { decimals, filledPart, nudge, positionOf, type Range, readNumber, sliderEnd, valueAt } from '../model/scale.ts';

export interface NumberControlProps {
  readonly label: string;
  readonly help?: string;
  readonly range: Range;
  readonly unit: string;
  readonly value: number;
  /** `held`: the hand goes on moving it. */
  readonly onEdit: (value: number, held: boolean) => void;
  readonly onRelease: () => void;
  /** Beside the number. */
  readonly children?: ComponentChildren;
}

/** A number as a slider for the hand and a field for the keyboard. */
export function NumberControl({ label, help, range, unit, value, onEdit, onRelease, children }: NumberControlProps) {
  const id = useId();
  const { from, to } = filledPart(value, range);
  return (
    <div class="control">
      <div class="control-head">
        <label for={id}>{label}</label>
        {children}
        <NumberField label={label} range={range} unit={unit} value={value} onEdit={(typed) => onEdit(typed, false)} />
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={sliderEnd}
        step={1}
        value={positionOf(value, range)}
        style={{ '--from': from, '--to': to }}
        aria-valuetext={numberText(value, range.step, unit)}
        aria-describedby={help ? `${id}-help` : undefined}
        onInput={({ currentTarget }) => onEdit(valueAt(Number(currentTarget.value), range), true)}
        onChange={onRelease}
        onBlur={onRelease}
        onKeyDown={(event) => {
          const next = nudge(value, event.key, range);
          if (next === null) return;
          event.preventDefault();
          onEdit(next, false);
        }}
      />
      {help && (
        <p id={`${id}-help`} class="help">
          {help}
        </p>
      )}
    </div>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly range: Range;
  readonly unit: string;
  readonly value: number;
  readonly onEdit: (value: number) => void;
}

/** Typed numbers count when they are finished with Enter or by leaving; what is no number is put back. */
function NumberField({ label, range, unit, value, onEdit }: NumberFieldProps) {
  const [typed, type] = useState<string | null>(null);
  const finish = () => {
    const number = typed === null ? null : readNumber(typed, range);
    type(null);
    if (number !== null && number !== value) onEdit(number);
  };
  return (
    <span class="number-field">
      <input
        type="text"
        inputMode="decimal"
        autocomplete="off"
        aria-label={`${label}${unit && `, ${unit}`}, from ${range.min} to ${range.max}`}
        value={typed ?? value.toFixed(decimals(range.step))}
        onFocus={({ currentTarget }) => currentTarget.select()}
        // WebKit would take the selection back when the finger is lifted.
        onMouseUp={(event) => typed === null && event.preventDefault()}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onBlur={finish}
        onKeyDown={({ key }) => {
          if (key === 'Enter') finish();
          if (key === 'Escape') type(null);
        }}
      />
      {unit && <span aria-hidden="true">{unit}</span>}
    </span>
  );
}

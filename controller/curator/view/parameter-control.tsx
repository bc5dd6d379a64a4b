import { useId, useState } from 'preact/hooks';
import type {
  BooleanParameter,
  ChoiceParameter,
  NumberParameter,
  Parameter,
  ParameterValue,
  TextParameter,
} from '../../../server/protocol/parameters.ts';
import { fitsButtons, rangeOf, valueText } from '../model/parameter-view.ts';
import { NumberControl } from './number-control.tsx';
import { Switch } from './switch.tsx';

export interface ParameterControlProps<P extends Parameter = Parameter> {
  readonly parameter: P;
  readonly value: ParameterValue;
  readonly onEdit: (value: ParameterValue, held: boolean) => void;
  readonly onRelease: () => void;
}

/** The control for one live parameter, made from its description. */
export function ParameterControl(props: ParameterControlProps) {
  const { parameter } = props;
  switch (parameter.type) {
    case 'number':
      return <NumberOne {...props} parameter={parameter} />;
    case 'boolean':
      return <SwitchOne {...props} parameter={parameter} />;
    case 'choice':
      return fitsButtons(parameter) ? (
        <ButtonsOne {...props} parameter={parameter} />
      ) : (
        <ListOne {...props} parameter={parameter} />
      );
    case 'text':
      return <TextOne {...props} parameter={parameter} />;
  }
}

function NumberOne({ parameter, value, onEdit, onRelease }: ParameterControlProps<NumberParameter>) {
  const { label, help, unit } = parameter;
  return (
    <NumberControl
      label={label}
      help={help}
      unit={unit}
      range={rangeOf(parameter)}
      value={Number(value)}
      onEdit={onEdit}
      onRelease={onRelease}
    >
      {value !== parameter.default && (
        <button
          type="button"
          class="reset"
          aria-label={`${label}: back to ${valueText(parameter, parameter.default)}`}
          onClick={() => onEdit(parameter.default, false)}
        >
          <span aria-hidden="true">↺ {valueText(parameter, parameter.default)}</span>
        </button>
      )}
    </NumberControl>
  );
}

function SwitchOne({ parameter, value, onEdit }: ParameterControlProps<BooleanParameter>) {
  return (
    <Switch label={parameter.label} help={parameter.help} on={value === true} onChange={(on) => onEdit(on, false)} />
  );
}

/** A few choices, all to be seen. */
function ButtonsOne({ parameter, value, onEdit }: ParameterControlProps<ChoiceParameter>) {
  const id = useId();
  return (
    <fieldset class="control" aria-describedby={id}>
      <legend>{parameter.label}</legend>
      <div class="segments">
        {parameter.choices.map((choice) => (
          <label key={choice.value}>
            <input
              type="radio"
              name={parameter.key}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onEdit(choice.value, false)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </div>
      <p id={id} class="help">
        {parameter.help}
      </p>
    </fieldset>
  );
}

function ListOne({ parameter, value, onEdit }: ParameterControlProps<ChoiceParameter>) {
  const id = useId();
  return (
    <div class="control">
      <label for={id}>{parameter.label}</label>
      <select
        id={id}
        value={String(value)}
        aria-describedby={`${id}-help`}
        onChange={({ currentTarget }) => onEdit(currentTarget.value, false)}
      >
        {parameter.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <p id={`${id}-help`} class="help">
        {parameter.help}
      </p>
    </div>
  );
}

/** A text goes to the wall when it is finished, not letter by letter. */
function TextOne({ parameter, value, onEdit }: ParameterControlProps<TextParameter>) {
  const id = useId();
  const [typed, type] = useState<string | null>(null);
  const finish = () => {
    if (typed !== null && typed !== value) onEdit(typed, false);
    type(null);
  };
  return (
    <div class="control">
      <label for={id}>{parameter.label}</label>
      <form
        class="text-line"
        onSubmit={(event) => {
          event.preventDefault();
          finish();
        }}
      >
        <input
          id={id}
          type="text"
          maxLength={parameter.maxLength}
          autocomplete="off"
          value={typed ?? String(value)}
          aria-describedby={`${id}-help`}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
        <button type="submit" aria-disabled={typed === null || typed === value}>
          Show
        </button>
      </form>
      <p id={`${id}-help`} class="help">
        {parameter.help}
      </p>
    </div>
  );
}

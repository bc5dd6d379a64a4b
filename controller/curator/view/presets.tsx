import { useId, useState } from 'preact/hooks';
import type { Parameter, ParameterValue } from '../../../server/protocol/parameters.ts';
import type { Preset } from '../../../server/protocol/snapshot.ts';
import { presetDifferences } from '../model/preset-differences.ts';
import { dayAndTime } from '../model/words.ts';
import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';
import { TextLine } from './text-line.tsx';

/** Saves the present values under a name, and recalls them. */
export function Presets({ view }: { readonly view: View }) {
  const { curator, state, send } = view;
  const [name, setName] = useState('');
  const trimmed = name.trim();
  const exists = curator.presets.some((preset) => preset.name === trimmed);
  return (
    <div class="sections">
      <section class="card" aria-labelledby="save">
        <h2 id="save">Save the present values</h2>
        <TextLine
          label="Name of the preset"
          placeholder="Name, such as Evening"
          maxLength={40}
          value={name}
          onInput={setName}
          action={exists ? 'Replace' : 'Save'}
          isReady={trimmed !== ''}
          onSubmit={() => send({ type: 'preset.save', name: trimmed })}
        />
        <p class="help">Light, look, pace and words are saved. Blackout, freeze, camera and message are not.</p>
      </section>
      {curator.presets.map((preset) => (
        <PresetCard
          key={preset.name}
          preset={preset}
          values={state.parameters}
          descriptions={state.descriptions}
          onRecall={() => send({ type: 'preset.recall', name: preset.name })}
          onDelete={() => send({ type: 'preset.delete', name: preset.name })}
        />
      ))}
    </div>
  );
}

interface PresetCardProps {
  readonly preset: Preset;
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly descriptions: readonly Parameter[];
  readonly onRecall: () => void;
  readonly onDelete: () => void;
}

function PresetCard({ preset, values, descriptions, onRecall, onDelete }: PresetCardProps) {
  const id = useId();
  const differences = presetDifferences(preset.values, values, descriptions);
  return (
    <section class="card" aria-labelledby={id}>
      <h2 id={id}>{preset.name}</h2>
      <p class="help">Saved {dayAndTime(preset.savedAt)}</p>
      <p>{differences.length === 0 ? 'This is how it is now.' : `Would change ${differences.join(', ')}.`}</p>
      <div class="choices">
        <button type="button" class="main" onClick={onRecall}>
          Recall
        </button>
        <ArmButton class="danger" question="Delete, really?" onPress={onDelete}>
          Delete
        </ArmButton>
      </div>
    </section>
  );
}

import { useState } from 'preact/hooks';
import { identityMapping, type Mapping } from '../../../server/protocol/mapping.ts';
import { useStore } from '../../shared/use-store.ts';
import { type Handle, handleName, handlesOf, moveHandle, placeOf } from '../mapping/handles.ts';
import { type History, remember, undo } from '../mapping/history.ts';
import { arrowStep, pixels } from '../mapping/steps.ts';
import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';
import { MappingNumbers } from './mapping-numbers.tsx';
import { MappingStage } from './mapping-stage.tsx';

import { Switch } from './switch.tsx';

export interface MappingEditorProps {
  readonly view: View;
  /** Of the display. */
  readonly name: string;
  readonly onClose: () => void;
}

/** Lays one display's picture onto the wall. Every change is seen there at once. */
export function MappingEditor({ view, name, onClose }: MappingEditorProps) {
  const { app, state, curator, send } = view;
  const draft = useStore(app.mappings.store).get(name);
  const [history, setHistory] = useState<History<Mapping>>([]);
  const [selected, select] = useState<Handle>({ kind: 'corner', index: 0 });
  const mapping = draft?.value ?? state.mappings[name] ?? identityMapping;
  const { width, height } = curator.displays.find((display) => display.name === name) ?? { width: 1920, height: 1080 };

  const take = () => setHistory((before) => remember(before, mapping));
  const edit = (next: Mapping, held = false) => app.mappings.edit(name, next, held);
  const back = () => {
    const last = undo(history);
    if (!last) return;
    setHistory(last.rest);
    edit(last.value);
  };
  const handle = handlesOf(mapping).some(({ kind, index }) => kind === selected.kind && index === selected.index)
    ? selected
    : ({ kind: 'corner', index: 0 } as const);
  const place = placeOf(mapping, handle);

  return (
    <div class="mapping">
      <div class="mapping-head">
        <button type="button" class="quiet" onClick={onClose}>
          ← Displays
        </button>
        <h2>Mapping of “{name}”</h2>
        <Switch
          label="Test pattern"
          on={state.parameters.testPattern}
          onChange={(on) => app.parameters.edit('testPattern', on, false)}
        />
      </div>
      <MappingStage
        mapping={mapping}
        width={width}
        height={height}
        selected={handle}
        onSelect={select}
        onTake={take}
        onEdit={edit}
        onRelease={() => app.mappings.release(name)}
      />
      <div class="mapping-tools">
        <div class="nudge">
          {nudges.map(({ key, label, sign }) => (
            <button
              key={key}
              type="button"
              class={`nudge-${key}`}
              aria-label={label}
              onClick={() => {
                const by = arrowStep(key, 1, width, height);
                if (by) take();
                if (by) edit(moveHandle(mapping, handle, { x: place.x + by.x, y: place.y + by.y }));
              }}
            >
              {sign}
            </button>
          ))}
        </div>
        <p id="mapping-help" class="help">
          <b>
            {handleName(mapping, handle)}: {pixels(place, width, height)}
          </b>
          <br />
          Drag a handle, or move it by a pixel with the arrow keys, by ten with Shift. Round handles pin the corners,
          square ones bend the net between them.
        </p>
        <div class="choices">
          <button type="button" aria-disabled={history.length === 0} onClick={back}>
            Undo
          </button>
          <ArmButton
            class="danger"
            question="Reset, really?"
            onPress={() => {
              take();
              send({ type: 'mapping.reset', display: name });
            }}
          >
            Reset
          </ArmButton>
        </div>
      </div>
      <MappingNumbers
        mapping={mapping}
        onEdit={(next, held) => {
          // One drag of a slider is one step to undo.
          if (!draft?.held) take();
          edit(next, held);
        }}
        onRelease={() => app.mappings.release(name)}
      />
    </div>
  );
}

const nudges = [
  { key: 'ArrowUp', label: 'One pixel up', sign: '↑' },
  { key: 'ArrowLeft', label: 'One pixel to the left', sign: '←' },
  { key: 'ArrowRight', label: 'One pixel to the right', sign: '→' },
  { key: 'ArrowDown', label: 'One pixel down', sign: '↓' },
] as const;

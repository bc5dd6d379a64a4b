import { useState } from 'preact/hooks';
import { identityMapping, type Mapping, mappingLimits } from '../../../server/protocol/mapping.ts';
import { useStore } from '../../shared/use-store.ts';
import { type Handle, handleName, handlesOf, moveHandle, placeOf, resizeGrid } from '../mapping/handles.ts';
import { type History, remember, undo } from '../mapping/history.ts';
import { arrowStep, pixels } from '../mapping/steps.ts';
import { ArmButton } from './arm-button.tsx';
import type { View } from './context.ts';
import { MappingStage } from './mapping-stage.tsx';
import { NumberControl } from './number-control.tsx';
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
  const change = (changes: Partial<Mapping>) => {
    take();
    edit({ ...mapping, ...changes });
  };
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
        onChange={change}
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

interface MappingNumbersProps {
  readonly mapping: Mapping;
  readonly onChange: (changes: Partial<Mapping>) => void;
  readonly onEdit: (mapping: Mapping, held: boolean) => void;
  readonly onRelease: () => void;
}

const sides = ['left', 'right', 'top', 'bottom'] as const;
const title = (side: string): string => `${side[0].toUpperCase()}${side.slice(1)}`;
const within = (limits: { readonly min: number; readonly max: number }, step: number) =>
  ({ ...limits, step, scale: 'linear' }) as const;

/** Everything of a mapping that is a number. */
function MappingNumbers({ mapping, onChange, onEdit, onRelease }: MappingNumbersProps) {
  const { grid, softEdges } = mapping;
  return (
    <div class="sections">
      <section class="card" aria-labelledby="turn">
        <h3 id="turn">Turn</h3>
        <div class="segments">
          {[-90, 0, 90, 180].map((rotation) => (
            <button
              key={rotation}
              type="button"
              aria-pressed={mapping.rotation === rotation}
              onClick={() => onChange({ rotation })}
            >
              {rotation}°
            </button>
          ))}
        </div>
        <NumberControl
          label="Rotation"
          unit="°"
          range={within(mappingLimits.rotation, 0.1)}
          value={mapping.rotation}
          onEdit={(rotation, held) => onEdit({ ...mapping, rotation }, held)}
          onRelease={onRelease}
        />
        <Switch
          label="Mirror"
          help="For projection from behind."
          on={mapping.mirror}
          onChange={(mirror) => onChange({ mirror })}
        />
      </section>
      <section class="card" aria-labelledby="net">
        <h3 id="net">Net</h3>
        <NumberControl
          label="Columns"
          unit=""
          range={within(mappingLimits.grid, 1)}
          value={grid.columns}
          onEdit={(columns, held) => onEdit(resizeGrid(mapping, columns, grid.rows), held)}
          onRelease={onRelease}
        />
        <NumberControl
          label="Rows"
          help="One by one is flat: only the corners are pinned. More knots follow a curved or uneven wall."
          unit=""
          range={within(mappingLimits.grid, 1)}
          value={grid.rows}
          onEdit={(rows, held) => onEdit(resizeGrid(mapping, grid.columns, rows), held)}
          onRelease={onRelease}
        />
      </section>
      <section class="card" aria-labelledby="edges">
        <h3 id="edges">Soft edges</h3>
        {sides.map((side) => (
          <NumberControl
            key={side}
            label={title(side)}
            unit=""
            range={within(mappingLimits.softEdge, 0.005)}
            value={softEdges[side]}
            onEdit={(value, held) => onEdit({ ...mapping, softEdges: { ...softEdges, [side]: value } }, held)}
            onRelease={onRelease}
          />
        ))}
        <NumberControl
          label="Gamma"
          help="Shapes the fade where two projectors overlap: raise it where the seam is bright, lower it where it is dark."
          unit=""
          range={within(mappingLimits.gamma, 0.05)}
          value={softEdges.gamma}
          onEdit={(gamma, held) => onEdit({ ...mapping, softEdges: { ...softEdges, gamma } }, held)}
          onRelease={onRelease}
        />
      </section>
      <section class="card" aria-labelledby="own">
        <h3 id="own">This display alone</h3>
        <NumberControl
          label="Brightness"
          help="On top of the master brightness, to match projectors with each other."
          unit=""
          range={within(mappingLimits.brightness, 0.01)}
          value={mapping.brightness}
          onEdit={(brightness, held) => onEdit({ ...mapping, brightness }, held)}
          onRelease={onRelease}
        />
      </section>
    </div>
  );
}

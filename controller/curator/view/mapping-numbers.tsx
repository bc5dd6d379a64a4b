import { type Mapping, mappingLimits } from '../../../server/protocol/mapping.ts';
import { resizeGrid } from '../mapping/handles.ts';
import { NumberControl } from './number-control.tsx';
import { Switch } from './switch.tsx';

export interface MappingNumbersProps {
  readonly mapping: Mapping;
  /** `held`: the hand goes on moving it. */
  readonly onEdit: (mapping: Mapping, held: boolean) => void;
  readonly onRelease: () => void;
}

const sides = ['left', 'right', 'top', 'bottom'] as const;
const title = (side: string): string => `${side[0].toUpperCase()}${side.slice(1)}`;

/** Everything of a mapping that is not a place. */
export function MappingNumbers({ mapping, onEdit, onRelease }: MappingNumbersProps) {
  const { grid, softEdges, rotation, mirror, brightness } = mapping;
  const edges = (change: Partial<Mapping['softEdges']>): Mapping => ({
    ...mapping,
    softEdges: { ...softEdges, ...change },
  });
  const to = { onEdit, onRelease };
  return (
    <div class="sections">
      <section class="card" aria-labelledby="turn">
        <h3 id="turn">Turn</h3>
        <div class="segments">
          {[-90, 0, 90, 180].map((quarter) => (
            <button
              key={quarter}
              type="button"
              aria-pressed={rotation === quarter}
              onClick={() => onEdit({ ...mapping, rotation: quarter }, false)}
            >
              {String(quarter).replace('-', '−')}°
            </button>
          ))}
        </div>
        <Amount
          {...to}
          label="Rotation"
          unit="°"
          limits={mappingLimits.rotation}
          step={0.1}
          value={rotation}
          apply={(value) => ({ ...mapping, rotation: value })}
        />
        <Switch
          label="Mirror"
          help="For projection from behind."
          on={mirror}
          onChange={(on) => onEdit({ ...mapping, mirror: on }, false)}
        />
      </section>
      <section class="card" aria-labelledby="net">
        <h3 id="net">Net</h3>
        <Amount
          {...to}
          label="Columns"
          limits={mappingLimits.grid}
          step={1}
          value={grid.columns}
          apply={(columns) => resizeGrid(mapping, columns, grid.rows)}
        />
        <Amount
          {...to}
          label="Rows"
          help="One by one is flat: only the corners are pinned. More knots follow a curved or uneven wall."
          limits={mappingLimits.grid}
          step={1}
          value={grid.rows}
          apply={(rows) => resizeGrid(mapping, grid.columns, rows)}
        />
      </section>
      <section class="card" aria-labelledby="edges">
        <h3 id="edges">Soft edges</h3>
        {sides.map((side) => (
          <Amount
            {...to}
            key={side}
            label={title(side)}
            limits={mappingLimits.softEdge}
            step={0.005}
            value={softEdges[side]}
            apply={(width) => edges({ [side]: width })}
          />
        ))}
        <Amount
          {...to}
          label="Gamma"
          help="Shapes the fade where two projectors overlap: raise it where the seam is bright, lower it where it is dark."
          limits={mappingLimits.gamma}
          step={0.05}
          value={softEdges.gamma}
          apply={(gamma) => edges({ gamma })}
        />
      </section>
      <section class="card" aria-labelledby="own">
        <h3 id="own">This display alone</h3>
        <Amount
          {...to}
          label="Brightness"
          help="On top of the master brightness, to match projectors with each other."
          limits={mappingLimits.brightness}
          step={0.01}
          value={brightness}
          apply={(value) => ({ ...mapping, brightness: value })}
        />
      </section>
    </div>
  );
}

interface AmountProps extends Pick<MappingNumbersProps, 'onEdit' | 'onRelease'> {
  readonly label: string;
  readonly help?: string;
  readonly unit?: string;
  readonly limits: { readonly min: number; readonly max: number };
  readonly step: number;
  readonly value: number;
  /** The mapping with another value. */
  readonly apply: (value: number) => Mapping;
}

function Amount({ label, help, unit = '', limits, step, value, apply, onEdit, onRelease }: AmountProps) {
  return (
    <NumberControl
      label={label}
      help={help}
      unit={unit}
      range={{ ...limits, step, scale: 'linear' }}
      value={value}
      onEdit={(next, held) => onEdit(apply(next), held)}
      onRelease={onRelease}
    />
  );
}

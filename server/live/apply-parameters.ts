import { noSuchDirection } from '../config/problems.ts';
import type { LiveParameters } from '../control/live-parameters.ts';
import type { Engine } from '../engine/engine-port.ts';
import type { Settings } from '../installation/machine-types.ts';
import type { CameraPort } from '../installation/ports.ts';
import type { Installation } from '../installation/runner.ts';
import { defaultValues, describeParameters, directionReach, type Language } from '../protocol/parameters.ts';

export interface ApplyParts {
  readonly parameters: LiveParameters;
  readonly installation: Pick<Installation, 'paceChanged' | 'freezeChanged' | 'settingsChanged' | 'directionsChanged'>;
  readonly camera: Pick<CameraPort, 'use'>;
  readonly engine: Pick<Engine, 'setDirections' | 'directions' | 'whenReady'>;
  readonly settings: () => Settings;
  readonly languages: readonly Language[];
  /** Of the pack's directions, as installation.yaml has them. */
  readonly directions: Readonly<Record<string, number>>;
  readonly warn: (message: string) => void;
  readonly changed: () => void;
}

/** Lets every change of a live parameter be felt at once, and adds the pack's directions once the engine knows them. */
export function applyParameters(parts: ApplyParts): void {
  const { parameters, installation, camera, engine, settings, changed } = parts;
  const bend = () => {
    const values = Object.entries(parameters.values).flatMap(([key, value]) =>
      key.startsWith('direction.') ? [[key.slice('direction.'.length), Number(value)] as const] : [],
    );
    engine.setDirections(Object.fromEntries(values));
    installation.directionsChanged();
  };
  const visits: ReadonlySet<string> = new Set(['countdown', 'hold', 'accepting', 'portraitBeside']);
  parameters.onChange(({ parameter: { key } }) => {
    if (key === 'pace') installation.paceChanged();
    else if (key === 'freeze') installation.freezeChanged();
    else if (key === 'camera') camera.use(parameters.values.camera);
    else if (visits.has(key)) installation.settingsChanged(settings());
    else if (key.startsWith('direction.')) bend();
    changed();
  });
  const addDirections = () => {
    for (const name of Object.keys(parts.directions)) {
      if (!engine.directions.includes(name)) parts.warn(noSuchDirection(name, engine.directions));
    }
    if (engine.directions.length === 0) return;
    const range = { min: -directionReach, max: directionReach };
    const directions = engine.directions.map((name) => ({ name, label: labelOf(name), ...range }));
    const all = describeParameters({ directions, languages: parts.languages });
    const own = Object.entries(parts.directions).map(([name, value]) => [`direction.${name}`, value]);
    parameters.add(all, { ...defaultValues(all), ...Object.fromEntries(own) });
    bend();
    changed();
  };
  // Where the piece ends before the engine is ready, there is nothing to bend.
  engine.whenReady().then(addDirections, () => undefined);
}

const labelOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');

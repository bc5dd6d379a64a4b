import type { Displays } from '../control/displays.ts';
import type { Engine } from '../engine/engine-port.ts';
import type { CameraPort } from '../installation/ports.ts';
import type { Installation } from '../installation/runner.ts';
import type { HealthLevel } from '../protocol/snapshot.ts';
import type { HelperHealth } from './helper-health.ts';

export interface HealthParts {
  readonly installation: Pick<Installation, 'state'>;
  readonly engine: Pick<Engine, 'health'>;
  /** Why no face can be begun, and why finished ones are not saved; see `Chain`. */
  readonly chain: { readonly refusal: string | null; readonly trouble: string | null };
  readonly camera: Pick<CameraPort, 'health'>;
  readonly displays: Pick<Displays, 'list'>;
  readonly helpers: Pick<HelperHealth, 'health'>;
}

/**
 * What monitoring may know, and with it anyone on the network: nothing of visitors, and of the camera neither its name
 * nor its trouble in words, which lead to it. `level` is the worst of all parts.
 */
export const healthOf = ({ installation, engine, chain, camera, displays, helpers }: HealthParts) => {
  const { level, since, fps } = camera.health;
  const chainTrouble = chain.refusal ?? chain.trouble;
  const parts = {
    engine: engine.health,
    camera: { level, since, fps },
    /** Whether faces can be saved. */
    chain: { level: chainTrouble === null ? 'good' : 'trouble', message: chainTrouble ?? '' },
    /** The processes that find faces and decode pictures. */
    helpers: helpers.health,
  } as const;
  return {
    level: worst(Object.values(parts).map((part) => part.level)),
    state: installation.state.name,
    visitors: installation.state.visitors,
    ...parts,
    displays: displays.list.map(({ thumbnail: _, ...display }) => display),
    uptime: Math.round(process.uptime()),
  };
};

const worst = (levels: readonly HealthLevel[]): HealthLevel =>
  (['trouble', 'starting'] as const).find((level) => levels.includes(level)) ?? 'good';

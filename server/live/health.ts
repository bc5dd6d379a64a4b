import type { Displays } from '../control/displays.ts';
import type { Engine } from '../engine/engine-port.ts';
import type { CameraPort } from '../installation/ports.ts';
import type { Installation } from '../installation/runner.ts';

/**
 * What monitoring may know, and with it anyone on the network: nothing of visitors, and of the camera neither its name
 * nor its trouble in words, which lead to it.
 */
export const healthOf = (
  installation: Pick<Installation, 'state'>,
  engine: Pick<Engine, 'health'>,
  camera: Pick<CameraPort, 'health'>,
  displays: Pick<Displays, 'list'>,
) => {
  const { level, since, fps } = camera.health;
  return {
    state: installation.state.name,
    visitors: installation.state.visitors,
    engine: engine.health,
    camera: { level, since, fps },
    displays: displays.list.map(({ thumbnail: _, ...display }) => display),
    uptime: Math.round(process.uptime()),
  };
};

import { expect, it } from 'vitest';
import { Displays } from '../../server/control/displays.ts';
import { healthOf } from '../../server/live/health.ts';

it('tells monitoring how the camera is, and nobody which one it is', () => {
  const camera = {
    level: 'trouble',
    name: 'rtsp://cam/user=admin&password=secret',
    message: 'rtsp://cam/user=admin&password=secret does not answer.',
    since: 5,
    fps: null,
  } as const;
  const engine = { level: 'good', message: '', since: 1 };
  const told = healthOf(
    { state: { name: 'attract', visitors: 3 } } as never,
    { health: engine } as never,
    { health: camera },
    new Displays(() => ({ sent: 0, dropped: 0 })),
  );
  expect(told).toMatchObject({ state: 'attract', visitors: 3, engine, displays: [] });
  expect(told.camera).toEqual({ level: 'trouble', since: 5, fps: null });
  expect(JSON.stringify(told)).not.toMatch(/cam\/|secret/);
});

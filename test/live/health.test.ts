import { expect, it } from 'vitest';
import { Displays } from '../../server/control/displays.ts';
import { type HealthParts, healthOf } from '../../server/live/health.ts';
import { HelperHealth } from '../../server/live/helper-health.ts';

const parts: HealthParts = {
  installation: { state: { name: 'attract', visitors: 3 } } as never,
  engine: { health: { level: 'good', message: '', since: 1 } } as never,
  chain: { refusal: null, trouble: null },
  camera: { health: { level: 'good', name: 'front', message: '', since: 5, fps: 8 } },
  displays: new Displays(() => ({ sent: 0, dropped: 0 })),
  helpers: new HelperHealth(
    () => {},
    () => 7,
  ),
};

it('tells monitoring how the camera is, and nobody which one it is', () => {
  const camera = {
    level: 'trouble',
    name: 'rtsp://cam/user=admin&password=secret',
    message: 'rtsp://cam/user=admin&password=secret does not answer.',
    since: 5,
    fps: null,
  } as const;
  const told = healthOf({ ...parts, camera: { health: camera } });
  expect(told).toMatchObject({ level: 'trouble', state: 'attract', visitors: 3, displays: [] });
  expect(told.engine).toEqual(parts.engine.health);
  expect(told.camera).toEqual({ level: 'trouble', since: 5, fps: null });
  expect(JSON.stringify(told)).not.toMatch(/cam\/|secret/);
});

it('is good only while faces can be saved', () => {
  expect(healthOf(parts)).toMatchObject({ level: 'good', chain: { level: 'good', message: '' } });
  const full = '/chain: the disk is full. Make room and try again.';
  for (const chain of [
    { refusal: full, trouble: null },
    { refusal: null, trouble: full },
  ]) {
    expect(healthOf({ ...parts, chain })).toMatchObject({
      level: 'trouble',
      chain: { level: 'trouble', message: full },
    });
  }
});

it('tells of a helper that stopped until it works again', () => {
  const log: string[] = [];
  let now = 1;
  const helpers = new HelperHealth(
    (level, message) => log.push(`${level}: ${message}`),
    () => now,
  );
  const [quick, careful] = [helpers.of('The quick one'), helpers.of('The careful one')];
  now = 2;
  quick('it did not answer for 12 s');
  careful('its process ended (SIGKILL)');
  expect(healthOf({ ...parts, helpers })).toMatchObject({
    level: 'trouble',
    helpers: { level: 'trouble', since: 2, restarts: 2, message: expect.stringContaining('did not answer for 12 s') },
  });
  quick(null);
  expect(helpers.health.level).toBe('trouble');
  careful(null);
  expect(healthOf({ ...parts, helpers })).toMatchObject({ level: 'good', helpers: { level: 'good', restarts: 2 } });
  expect(log).toEqual([
    'error: The quick one has stopped: it did not answer for 12 s. It is being restarted.',
    'error: The careful one has stopped: its process ended (SIGKILL). It is being restarted.',
    'info: The quick one works again.',
    'info: The careful one works again.',
  ]);
});

import { describe, expect, it } from 'vitest';
import { parseCameraOrder, parseCameraReport } from '../../server/protocol/camera-link.ts';
import { applyUpdate, type InstallationState } from '../../server/protocol/snapshot.ts';

describe('updates of the state', () => {
  const state = { revision: 3, state: 'attract', curve: [], curator: null } as unknown as InstallationState;

  it('replace top-level parts and append to the curve', () => {
    const point = { step: 1, loss: 0.5, likeness: 0.2 };
    const next = applyUpdate(state, { revision: 4, now: 9, changes: { state: 'greet' }, curvePoints: [point] });
    expect(next).toMatchObject({ revision: 4, now: 9, state: 'greet', curve: [point], curator: null });
    expect(state.curve).toEqual([]);
  });

  it('that were missed are noticed', () => {
    expect(applyUpdate(state, { revision: 5, now: 9, changes: {} })).toBeNull();
  });
});

describe('the link to the camera of a tablet', () => {
  it('reads what it writes and refuses the rest', () => {
    expect(parseCameraOrder('{"type":"still","id":3,"side":2048}')).toMatchObject({ ok: true });
    expect(parseCameraOrder('{"type":"start","fps":500,"side":640}').ok).toBe(false);
    expect(parseCameraReport('{"type":"trouble","trouble":"denied","message":"no"}')).toMatchObject({ ok: true });
    for (const text of ['', 'null', '[]', '{"type":"ready"}', '{'.repeat(2_000)]) {
      expect(parseCameraOrder(text).ok).toBe(false);
      expect(parseCameraReport(text).ok).toBe(false);
    }
  });
});

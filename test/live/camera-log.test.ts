import { describe, expect, it } from 'vitest';
import { followCamera } from '../../server/live/camera-log.ts';

describe('the log of a camera', () => {
  const lines: string[] = [];
  let now = 0;
  const follow = followCamera(
    (level, message) => lines.push(`${level}: ${message}`),
    () => now,
  );
  const trouble = (message: string) => follow({ level: 'trouble', message });
  const good = () => follow({ level: 'good', message: '' });

  it('tells each trouble once, and its end', () => {
    follow({ level: 'starting', message: 'It is being opened.' });
    good();
    trouble('It is frozen.');
    trouble('It is frozen.');
    trouble('It is gone.');
    follow({ level: 'starting', message: 'It is being opened.' });
    trouble('It is gone.');
    good();
    good();
    expect(lines.splice(0)).toEqual([
      'warning: Camera: It is frozen.',
      'warning: Camera: It is gone.',
      'info: The camera works again.',
    ]);
  });

  it('is not filled by a camera that comes and goes', () => {
    for (let i = 0; i < 100; i++, now += 1_000) {
      trouble('It is frozen.');
      good();
    }
    expect(lines).toEqual([]);
    now += 5 * 60_000;
    trouble('It is frozen.');
    good();
    expect(lines).toEqual(['warning: Camera: It is frozen.', 'info: The camera works again.']);
  });

  it('is not filled by troubles of which each is another', () => {
    lines.length = 0;
    now += 5 * 60_000;
    for (let i = 0; i < 1_000; i++) trouble(`It failed (${i}).`);
    expect(lines.splice(0)).toHaveLength(10);
    now += 5 * 60_000;
    trouble('It is frozen.');
    expect(lines).toEqual(['warning: Camera: It is frozen.']);
  });
});

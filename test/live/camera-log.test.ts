import { describe, expect, it } from 'vitest';
import { followCamera } from '../../server/live/camera-log.ts';

describe('the log of a camera', () => {
  it('tells each trouble once, and its end', () => {
    const lines: string[] = [];
    const follow = followCamera((level, message) => lines.push(`${level}: ${message}`));
    follow({ level: 'starting', message: 'It is being opened.' });
    follow({ level: 'good', message: '' });
    follow({ level: 'trouble', message: 'It is frozen.' });
    follow({ level: 'trouble', message: 'It is frozen.' });
    follow({ level: 'trouble', message: 'It is gone.' });
    follow({ level: 'starting', message: 'It is being opened.' });
    follow({ level: 'trouble', message: 'It is gone.' });
    follow({ level: 'good', message: '' });
    follow({ level: 'good', message: '' });
    expect(lines).toEqual([
      'warning: Camera: It is frozen.',
      'warning: Camera: It is gone.',
      'info: The camera works again.',
    ]);
  });
});

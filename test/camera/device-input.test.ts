import { describe, expect, it } from 'vitest';
import { deviceInput, openingSentence, withoutPassword } from '../../server/camera/device-input.ts';

const read = (device: string, platform: NodeJS.Platform = 'linux') =>
  deviceInput(
    { device, width: 1280, height: 720, fps: 30 },
    platform,
    (path) => `/piece/${path}`,
    () => '/dev/video3',
  );

describe('camera: device', () => {
  it.each([
    ['', '/dev/video3', 'v4l2', true],
    ['/dev/video1', '/dev/video1', 'v4l2', true],
    ['rtsp://user:secret@cam/1', 'rtsp://user:secret@cam/1', null, true],
    ['http://cam/mjpeg', 'http://cam/mjpeg', null, true],
    ['avfoundation:1', '1', 'avfoundation', true],
    ['dshow:video=HD Camera', 'video=HD Camera', 'dshow', true],
    ['film.mp4', '/piece/film.mp4', null, false],
  ])('reads %j', (device, url, format, isLive) => {
    expect(read(device)).toMatchObject({ url, format, isLive });
  });

  it('asks a camera for its size first and takes what it has in the end', () => {
    const { attempts } = read('/dev/video0');
    expect(attempts[0]).toEqual({ video_size: '1280x720', framerate: '30', input_format: 'mjpeg' });
    expect(attempts.at(-1)).toEqual({});
  });

  it('tells passwords to nobody', () => {
    const sentence = openingSentence(
      read('rtsp://user:secret@cam/1'),
      'ECONNREFUSED',
      'opening rtsp://user:secret@cam/1',
    );
    expect(sentence).toContain('rtsp://cam/1 does not answer');
    expect(openingSentence(read('rtsp://user:secret@cam/1'), undefined, 'no rtsp://user:secret@cam/1')).not.toContain(
      'secret',
    );
    expect(withoutPassword('http://cam/')).toBe('http://cam/');
  });
});

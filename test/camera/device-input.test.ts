import { describe, expect, it } from 'vitest';
import { deviceInput, openingSentence, shownAddress } from '../../server/camera/device-input.ts';

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

  it.each([
    ['rtsp://cam/1', 'rtsp://cam'],
    ['rtsp://user:secret@cam:554/1', 'rtsp://cam:554'],
    ['rtsp://user:sec@ret@cam/1', 'rtsp://cam'],
    ['rtsp://cam/user=admin&password=secret&channel=1', 'rtsp://cam'],
    ['http://192.168.1.20:81/video?user=admin&pwd=secret', 'http://192.168.1.20:81'],
    ['rtsp://user:s3/secret@cam/1', 'rtsp://…'],
    ['rtsp://user:secret/s@cam', 'rtsp://…'],
    ['rtsp://user:p@secret/s@cam', 'rtsp://…'],
    ['rtsp://user:secret#s@cam', 'rtsp://…'],
    ['rtsp://[fe80::1]:554/secret', 'rtsp://[fe80::1]:554'],
    ['rtp://user:secret@cam/1', '//cam'],
    ['mjpeg:http://user:secret@cam/1', 'http://cam'],
    ['/dev/video0', '/dev/video0'],
    ['dshow:video=HD Camera', 'video=HD Camera'],
    ['film.mp4', '/piece/film.mp4'],
  ])('%s is told as %s', (device, shown) => {
    const input = read(device);
    expect(shownAddress(input.url)).toBe(shown);
    for (const code of ['ECONNREFUSED', undefined]) {
      const sentence = openingSentence(input, code, `opening ${input.url} of ${device}`);
      expect(sentence).toContain(`${shown} `);
      expect(sentence).not.toMatch(/secret|admin/);
    }
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute } from 'node:path';

/** What FFmpeg opens, and how. */
export interface DeviceInput {
  readonly url: string;
  /** FFmpeg's name of the input device; null where the address tells. */
  readonly format: string | null;
  /** Tried in order, until one is taken: cameras refuse what they do not have. */
  readonly attempts: readonly Readonly<Record<string, string>>[];
  /** False for files: they are played at their own speed, and over again. */
  readonly isLive: boolean;
}

export interface DeviceWish {
  readonly device: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

const nativeFormats: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'v4l2',
  darwin: 'avfoundation',
  win32: 'dshow',
};

/**
 * Reads `camera: device` of installation.yaml: `/dev/video0`, `rtsp://…`, `http://…`, a file, or any other input of
 * FFmpeg as `format:name`, such as `avfoundation:1` or `dshow:video=HD Camera`. Empty is the first camera.
 *
 * @param resolve makes paths absolute
 */
export function deviceInput(
  { device, width, height, fps }: DeviceWish,
  platform: NodeJS.Platform,
  resolve: (path: string) => string,
  firstCamera: () => string = () => firstCameraOf(platform),
): DeviceInput {
  const name = device.trim() || firstCamera();
  const size = { video_size: `${width}x${height}` };
  const rate = { framerate: String(fps) };
  if (/^\/dev\/video/.test(name)) {
    // MJPEG first: without compression, USB cameras give a few pictures a second at most of their sizes.
    const attempts = [{ ...size, ...rate, input_format: 'mjpeg' }, { ...size, ...rate }, size, {}];
    return { url: name, format: 'v4l2', attempts, isLive: true };
  }
  if (/^rtsps?:\/\//i.test(name)) {
    const common = { timeout: '5000000', fflags: 'nobuffer' };
    return { url: name, format: null, attempts: [{ ...common, rtsp_transport: 'tcp' }, common], isLive: true };
  }
  if (/^(https?|rtmp|udp|srt):\/\//i.test(name)) {
    return { url: name, format: null, attempts: [{ rw_timeout: '5000000', fflags: 'nobuffer' }, {}], isLive: true };
  }
  const [, format, rest] = /^([a-z][a-z0-9_]+):(.+)$/i.exec(name) ?? [];
  if (format !== undefined && rest !== undefined && !isAbsolute(name)) {
    const attempts = [{ ...size, ...rate }, rate, {}];
    return { url: rest, format: format.toLowerCase(), attempts, isLive: true };
  }
  return { url: resolve(name), format: null, attempts: [{}], isLive: false };
}

function firstCameraOf(platform: NodeJS.Platform): string {
  if (platform !== 'linux')
    return platform === 'darwin' ? 'avfoundation:0' : `${nativeFormats[platform] ?? 'v4l2'}:video=0`;
  const names = existsSync('/dev') ? readdirSync('/dev').filter((name) => /^video\d+$/.test(name)) : [];
  const [first] = names.sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  return `/dev/${first ?? 'video0'}`;
}

/** What is known of why FFmpeg could not open an input, in words. */
export function openingSentence({ url, format }: DeviceInput, code: string | undefined, message: string): string {
  const name = shownAddress(url);
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO') {
    return format === 'v4l2'
      ? `There is no camera at ${name}. Plug it in, or choose another under 'camera: device'.`
      : `${name} is not there. Check 'camera: device' in installation.yaml.`;
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return `${name} may not be opened. Add this user to the group 'video' and log in again.`;
  }
  if (code === 'EBUSY') return `${name} is used by another program. Close that program.`;
  if (code === 'ECONNREFUSED' || code === 'ETIMEDOUT' || code === 'EHOSTUNREACH') {
    return `${name} does not answer. Check the camera's address, its power and the network.`;
  }
  const reason = message.replaceAll(url, name).replace(/(\b[a-z][a-z0-9+.-]*:)?\/\/\S+/gi, shownAddress);
  return `${name} cannot be opened (${reason}). Check 'camera: device' in installation.yaml.`;
}

/**
 * How the address of a network camera is told to people: its scheme and its host alone. Passwords stand before the host,
 * in the path or in the query, as the maker likes, and belong in no log. Anything else is told as it is.
 */
export function shownAddress(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:)?\/\/(.*)$/is.exec(url.trim()) ?? [];
  if (rest === undefined) return url;
  const [authority] = rest.split(/[/?#]/, 1);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  // An @ further on may end a password with a slash in it, of which what looks like the host is a part.
  const isClear = !rest.slice(authority.length).includes('@') && /^([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host);
  return `${scheme ?? ''}//${isClear ? host : '…'}`;
}

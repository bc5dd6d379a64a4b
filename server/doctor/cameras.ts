import { access, constants, readdir } from 'node:fs/promises';
import { messageOf } from '../errors.ts';
import type { Finding } from './examine.ts';

/**
 * Cameras at this machine. Linux shows each as a file; elsewhere the system is only asked by the program that opens one,
 * since asking for a list already opens a permission dialogue there.
 */
export async function listCameras(): Promise<Finding[]> {
  if (process.platform !== 'linux') {
    return [
      {
        part: 'camera',
        name: 'system',
        ok: true,
        detail: 'asked for when the piece opens it; a tablet needs none here',
      },
    ];
  }
  const devices = (await readdir('/dev').catch(() => [])).filter((name) => /^video\d+$/.test(name)).sort();
  if (devices.length === 0) {
    return [
      {
        part: 'camera',
        name: 'V4L2',
        ok: false,
        detail: "none found. A tablet's own camera works without, or plug one in.",
      },
    ];
  }
  return Promise.all(
    devices.map(async (name): Promise<Finding> => {
      const path = `/dev/${name}`;
      try {
        await access(path, constants.R_OK | constants.W_OK);
        return { part: 'camera', name: path, ok: true, detail: 'may be opened' };
      } catch (error) {
        const detail = `may not be opened (${messageOf(error)}). Add this user to the group 'video' and log in again.`;
        return { part: 'camera', name: path, ok: false, detail };
      }
    }),
  );
}

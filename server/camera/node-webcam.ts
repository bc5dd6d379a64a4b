import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** What is used of the package, which brings no types. */
interface NodeWebcam {
  create(options: Readonly<Record<string, unknown>>): {
    capture(location: string, callback: (error: unknown, path: unknown) => void): void;
    /** What the shell is told. */
    generateSh(location: string): string;
  };
}

export interface WebcamShot {
  /** A name without anything a shell would understand; null for the first camera. */
  readonly device: string | null;
  readonly width: number;
  readonly height: number;
}

/** A photograph that is being taken. */
export interface RunningShot {
  /** Settles once its program is gone. */
  readonly done: Promise<void>;
  /** Ends its program, which would keep the camera for ever where it hangs. */
  kill(): Promise<void>;
}

/**
 * Takes one photograph as a JPEG file at `path`, which must hold nothing a shell would understand. This is the only file
 * that imports node-webcam, which runs a program of each system: fswebcam, imagesnap or CommandCam.
 */
export function shoot(path: string, { device, width, height }: WebcamShot): RunningShot {
  const webcam = createRequire(import.meta.url)('node-webcam') as NodeWebcam;
  const camera = webcam.create({
    width,
    height,
    quality: 95,
    // The first pictures of a camera that was just opened are too dark.
    skip: 5,
    delay: 0,
    saveShots: false,
    output: 'jpeg',
    device: device ?? false,
    callbackReturn: 'location',
    verbose: false,
  });
  const pidFile = `${path}.pid`;
  if (process.platform !== 'win32') {
    // The package keeps its child to itself: the shell leaves its number, and becomes the program.
    const command = camera.generateSh.bind(camera);
    camera.generateSh = (location) => `echo $$ > ${pidFile}; exec ${command(location)}`;
  }
  let isDone = false;
  const done = new Promise<void>((resolve, reject) => {
    camera.capture(path, (error) => {
      isDone = true;
      if (error) reject(error);
      else resolve();
    });
  });
  return {
    done,
    kill: async () => {
      if (process.platform === 'win32') return killOnWindows();
      const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
      // Afterwards the number may be another program's.
      if (isDone || !(pid > 1)) return;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    },
  };
}

/** There a shell becomes no other program, so that this one is known by its name alone; nothing else brings it. */
const killOnWindows = (): Promise<void> =>
  new Promise((resolve) => execFile('taskkill', ['/F', '/IM', 'CommandCam.exe'], () => resolve()));

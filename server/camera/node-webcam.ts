import { createRequire } from 'node:module';

/** What is used of the package, which brings no types. */
interface NodeWebcam {
  create(options: Readonly<Record<string, unknown>>): {
    capture(location: string, callback: (error: unknown, path: unknown) => void): void;
  };
}

export interface WebcamShot {
  /** A name without anything a shell would understand; null for the first camera. */
  readonly device: string | null;
  readonly width: number;
  readonly height: number;
}

/**
 * Takes one photograph as a JPEG file at `path`, which must hold nothing a shell would understand. This is the only file
 * that imports node-webcam, which runs a program of each system: fswebcam, imagesnap or CommandCam.
 */
export function shoot(path: string, { device, width, height }: WebcamShot): Promise<void> {
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
  return new Promise((resolve, reject) => {
    camera.capture(path, (error) => (error ? reject(error) : resolve()));
  });
}

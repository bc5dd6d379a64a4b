import { FamiliarError } from '../errors.ts';

const error = (code: string) => (message: string, cause?: unknown) => new FamiliarError(code, message, { cause });

/** CAMERA_UNAVAILABLE: there is no picture to be had at present. */
export const cameraUnavailable = error('CAMERA_UNAVAILABLE');
/** CAMERA_FAILED: the photograph could not be taken. */
export const cameraFailed = error('CAMERA_FAILED');

/** CAMERA_SLOW: the photograph did not come. */
export const cameraSlow = (seconds: number): FamiliarError =>
  new FamiliarError('CAMERA_SLOW', `The camera gave no photograph within ${seconds} seconds. Try again.`);

/** CAMERA_ABORTED: nobody waits for the photograph any more. */
export const cameraAborted = (): FamiliarError =>
  new FamiliarError('CAMERA_ABORTED', 'The photograph is no longer wanted.');

import type { DeviceInput } from './device-input.ts';
import type { PictureSample } from './picture-watch.ts';

/** The environment variable in which the device's process finds its options, as JSON. */
export const deviceVariable = 'FAMILIAR_FACES_DEVICE';

/** What the device's process is started with. */
export interface DeviceOptions {
  readonly input: DeviceInput;
  readonly side: number;
  readonly fps: number;
}

export type ToDevice =
  | { readonly type: 'preview'; readonly wanted: boolean }
  | { readonly type: 'still'; readonly id: number };

export type FromDevice =
  /** A picture has come; it is sampled a few times a second. */
  | { readonly type: 'picture'; readonly sample?: PictureSample }
  | {
      readonly type: 'preview';
      readonly bytes: Uint8Array;
      readonly width: number;
      readonly height: number;
      readonly at: number;
    }
  | { readonly type: 'still'; readonly id: number; readonly bytes: Uint8Array; readonly at: number }
  | { readonly type: 'no-still'; readonly id: number; readonly message: string }
  /** The camera cannot be opened or read; the process ends. */
  | { readonly type: 'broken'; readonly message: string };

import type { Photograph, Preview } from '../installation/ports.ts';
import type { HealthLevel } from '../protocol/snapshot.ts';

/** How a driver's camera is, without the times that `Camera` adds. */
export interface DriverHealth {
  readonly level: HealthLevel;
  /** Which camera. */
  readonly name: string;
  /** What is wrong and what to do, or what it is doing; may be empty. */
  readonly message: string;
  readonly fps: number | null;
}

/** Whom a driver tells. After `close` nobody listens any more. */
export interface DriverEvents {
  health(health: DriverHealth): void;
  preview(preview: Preview): void;
  /** Whether a photograph waits to be taken without a visitor. */
  waiting(waiting: boolean): void;
}

/** One way to get pictures. Constructors start nothing. */
export interface CameraDriver {
  start(): void;
  setPreview(wanted: boolean, client: string | null): void;
  takeStill(client: string | null, signal: AbortSignal): Promise<Photograph>;
  close(): Promise<void>;
}

/** Longest side of previews, px: enough to see oneself on a tablet. */
export const previewSide = 640;
export const previewFps = 20;

import type { Stage } from './stage.ts';

/** Between two tries to get the GPU back, ms. */
const pause = 1_000;
/** Where it does not come back for so long, only a new page helps, ms. */
const patience = 30_000;

export interface StageKeeperOptions {
  readonly build: (canvas: HTMLCanvasElement) => Stage;
  /** A new stage stands: everything must be put on it. */
  readonly onBuilt: (stage: Stage) => void;
  readonly onHopeless: () => void;
}

/**
 * Keeps a stage in the page. When the GPU is lost (a driver that starts anew, a machine that slept), the stage goes with
 * its canvas and a new one is built on a new canvas, again and again until it stands.
 */
export class StageKeeper {
  stage: Stage | null = null;
  canvas: HTMLCanvasElement | null = null;
  private readonly host: HTMLElement;
  private readonly options: StageKeeperOptions;
  private failingSince: number | null = null;

  constructor(host: HTMLElement, options: StageKeeperOptions) {
    this.host = host;
    this.options = options;
  }

  build(): void {
    const canvas = document.createElement('canvas');
    try {
      this.stage = this.options.build(canvas);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.failingSince = null;
    this.canvas = canvas;
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      if (this.canvas === canvas) this.rebuild();
    });
    this.host.replaceChildren(canvas);
    this.options.onBuilt(this.stage);
  }

  private rebuild(): void {
    console.warn('The GPU was lost; the wall is set up anew.');
    const { stage } = this;
    this.stage = null;
    this.canvas = null;
    // Listeners of the lost context first, then what it leaves.
    setTimeout(() => {
      stage?.dispose();
      this.build();
    });
  }

  private fail(error: unknown): void {
    this.failingSince ??= performance.now();
    console.warn('The wall cannot be drawn just now.', error);
    if (performance.now() - this.failingSince > patience) this.options.onHopeless();
    setTimeout(() => this.build(), pause);
  }
}

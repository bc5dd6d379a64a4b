import type { GpuContext } from '../scene/gpu-context.ts';
import { Fader } from './fader.ts';
import { Label } from './label.ts';
import type { Box } from './lines.ts';
import { loadLetters, type Placement, type Typeset, typeset } from './typeset.ts';

/** One block of words. Sizes of letters are parts of their place's `scale`. */
export class Words {
  private readonly label: Label;
  private readonly fader: Fader<string>;
  private wanted = '';
  private place: WordsPlace | null = null;

  /** `seconds`: how long fading in takes. */
  constructor(gpu: GpuContext, seconds: number) {
    this.label = new Label(gpu);
    this.fader = new Fader(seconds);
  }

  /** What is said from now on; the same again changes nothing. */
  want(parts: readonly Typeset[]): void {
    const said = parts.filter(({ text }) => text !== '');
    const key = said.length > 0 ? JSON.stringify(said) : '';
    if (key === this.wanted) return;
    this.wanted = key;
    void loadLetters(said.map(({ text }) => text)).then(() => {
      if (this.wanted === key) this.fader.want(key || null);
    });
  }

  /** Where the words stand from now on. */
  setPlace(place: WordsPlace): void {
    this.place = place;
    if (this.fader.shown !== null) this.set(this.fader.shown, place);
  }

  /** Moves on by `dt` seconds and draws. */
  draw(dt: number): void {
    const { fader, place } = this;
    const changed = fader.step(dt);
    if (fader.shown === null || !place) return;
    if (changed) this.set(fader.shown, place);
    const { opacity } = fader;
    this.label.draw(opacity * opacity * (3 - 2 * opacity), place.width, place.height);
  }

  dispose(): void {
    this.label.dispose();
  }

  private set(key: string, { box, placement, scale, height }: WordsPlace): void {
    const { canvas } = this.label;
    canvas.width = Math.max(1, Math.round(box.width * height));
    canvas.height = Math.max(1, Math.round(box.height * height));
    const parts = JSON.parse(key) as Typeset[];
    typeset(
      canvas,
      parts.map((part) => ({ ...part, size: part.size * scale })),
      placement,
    );
    this.label.update(box);
  }
}

/** A box in a picture of `width` x `height` px. */
export interface WordsPlace {
  readonly box: Box;
  readonly placement: Placement;
  /** px. */
  readonly scale: number;
  readonly width: number;
  readonly height: number;
}

import { breakLines } from './lines.ts';

/** The one typeface of the piece (controller/shared/tokens.css). */
const family = '"Source Serif 4 Variable", "Source Serif 4", Georgia, serif';
const rightToLeft = /^(ar|dv|fa|he|ku|ps|sd|ug|ur|yi)\b/;

export interface Typeset {
  readonly text: string;
  readonly language: string;
  /** Size of the letters, px. */
  readonly size: number;
  readonly weight: number;
  readonly color: string;
}

export interface Placement {
  readonly align: 'start' | 'center';
  /** Whether the block stands on the lower edge, or hangs from the upper one. */
  readonly from: 'top' | 'bottom';
}

/** Font of a text, as CSS and canvases write it. */
export const fontOf = ({ size, weight }: Pick<Typeset, 'size' | 'weight'>): string =>
  `${weight} ${Math.max(1, Math.round(size))}px ${family}`;

/** Waits until the letters of a text can be drawn; goes on without them where a font cannot be loaded. */
export async function loadLetters(texts: readonly string[]): Promise<void> {
  const font = fontOf({ size: 40, weight: 300 });
  await document.fonts.load(font, texts.join(' ')).catch(() => {});
}

/** Sets texts below each other onto a transparent canvas, with a breath of darkness behind them. */
export function typeset(canvas: HTMLCanvasElement, parts: readonly Typeset[], { align, from }: Placement): void {
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const inset = Math.round(canvas.height * 0.06);
  const width = canvas.width - 2 * inset;
  const lines = parts.flatMap((part, index) => {
    context.font = fontOf(part);
    return breakLines(part.text, width, (text) => context.measureText(text).width).map((text, line) => ({
      text,
      part,
      // Air between two parts.
      leading: part.size * 1.22 + (line === 0 && index > 0 ? part.size * 0.55 : 0),
    }));
  });
  const total = lines.reduce((sum, { leading }) => sum + leading, 0);
  let y = from === 'bottom' ? Math.max(inset, canvas.height - inset - total) : inset;
  context.textBaseline = 'alphabetic';
  context.shadowColor = 'rgb(0 0 0 / 0.75)';
  for (const { text, part, leading } of lines) {
    y += leading;
    const mirrored = rightToLeft.test(part.language);
    context.direction = mirrored ? 'rtl' : 'ltr';
    context.textAlign = align;
    context.font = fontOf(part);
    context.fillStyle = part.color;
    context.shadowBlur = part.size * 0.5;
    const start = mirrored ? canvas.width - inset : inset;
    context.fillText(text, align === 'center' ? canvas.width / 2 : start, y - part.size * 0.25);
  }
}

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
    const measure = (text: string) => context.measureText(text).width;
    return breakLines(part.text, width, measure).map((text, line) => ({
      text,
      width: measure(text),
      part,
      // Air between two parts.
      leading: part.size * 1.22 + (line === 0 && index > 0 ? part.size * 0.55 : 0),
    }));
  });
  const total = lines.reduce((sum, { leading }) => sum + leading, 0);
  const widest = Math.max(0, ...lines.map((line) => line.width));
  let y = from === 'bottom' ? Math.max(inset, canvas.height - inset - total) : inset;
  if (lines.length > 0) darken(context, y, total, align === 'center' ? widest * 0.85 : canvas.width / 2);
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

/** A shade behind the words, so that they can be read over any face; gone before the edge of the canvas. */
function darken(context: CanvasRenderingContext2D, top: number, height: number, reach: number): void {
  const { width, height: whole } = context.canvas;
  const [x, y] = [width / 2, Math.min(whole / 2 + height, top + height / 2)];
  const radiusY = Math.max(1, Math.min(y, whole - y));
  context.save();
  context.translate(x, y);
  context.scale(Math.min(reach, width / 2), radiusY);
  const shade = context.createRadialGradient(0, 0, 0, 0, 0, 1);
  shade.addColorStop(0, 'rgb(0 0 0 / 0.34)');
  shade.addColorStop(0.55, 'rgb(0 0 0 / 0.2)');
  shade.addColorStop(1, 'rgb(0 0 0 / 0)');
  context.fillStyle = shade;
  context.fillRect(-1, -1, 2, 2);
  context.restore();
}

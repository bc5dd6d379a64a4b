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
  /** Between the words and the edge of the canvas, px. */
  readonly inset: number;
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
export function typeset(canvas: HTMLCanvasElement, parts: readonly Typeset[], placement: Placement): void {
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  const { align, from, inset } = placement;
  const lines = parts.flatMap((part, index) => layLines(context, part, index === 0, canvas.width - 2 * inset));
  if (lines.length === 0) return;
  const height = lines.reduce((sum, { leading }) => sum + leading, 0);
  const width = Math.max(...lines.map((line) => line.width));
  const top = from === 'bottom' ? Math.max(inset, canvas.height - inset - height) : inset;
  const mirrored = align === 'start' && rightToLeft.test(parts[0].language);
  const anchor = align === 'center' ? canvas.width / 2 : mirrored ? canvas.width - inset : inset;
  const middle = align === 'center' ? anchor : anchor + (mirrored ? -width : width) / 2;
  darken(context, { x: middle, y: top + height / 2 }, { width, height }, from);
  context.textBaseline = 'alphabetic';
  context.textAlign = align;
  context.shadowColor = 'rgb(0 0 0 / 0.75)';
  let y = top;
  for (const { text, part, leading } of lines) {
    y += leading;
    context.direction = rightToLeft.test(part.language) ? 'rtl' : 'ltr';
    context.font = fontOf(part);
    context.fillStyle = part.color;
    context.shadowBlur = part.size * 0.5;
    context.fillText(text, anchor, y - part.size * 0.25);
  }
}

/** The lines of one text, with the room each takes downwards. */
function layLines(context: CanvasRenderingContext2D, part: Typeset, first: boolean, width: number) {
  context.font = fontOf(part);
  const measure = (text: string) => context.measureText(text).width;
  return breakLines(part.text, width, measure).map((text, line) => {
    // Air between two texts.
    const air = line === 0 && !first ? part.size * 0.55 : 0;
    return { text, width: measure(text), part, leading: part.size * 1.22 + air };
  });
}

/** A shade behind words of that size about `x`, `y`, so that they can be read over any face. */
function darken(
  context: CanvasRenderingContext2D,
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: { readonly width: number; readonly height: number },
  from: Placement['from'],
): void {
  const { canvas } = context;
  // Cut off at most where the picture ends anyway: at the sides to which the words are near. Words that hang from the upper
  // edge hang in the middle of the picture, where a cut would be seen.
  const reachX = Math.min(0.8 * width + 0.5 * height, Math.max(x, canvas.width - x));
  const reachY = Math.min(1.2 * height + 0.1 * width, from === 'top' ? y : Math.max(y, canvas.height - y));
  context.save();
  context.translate(x, y);
  context.scale(reachX, reachY);
  const shade = context.createRadialGradient(0, 0, 0, 0, 0, 1);
  for (let stop = 0; stop <= 8; stop++) {
    const fall = Math.cos((stop / 8) * (Math.PI / 2)) ** 2;
    shade.addColorStop(stop / 8, `rgb(0 0 0 / ${0.36 * fall})`);
  }
  context.fillStyle = shade;
  context.fillRect(-1, -1, 2, 2);
  context.restore();
}

/** A widget of an Open Stage Control session; what is left out has that program's default. */
export interface Widget {
  readonly type: string;
  readonly id: string;
  readonly [property: string]: unknown;
}

/** A control with its caption above it, so many twelfths of the window wide. */
export interface Cell {
  readonly span: number;
  /** Null where the control says itself what it is. */
  readonly caption: Widget | null;
  /** Side by side; the first is the widest. */
  readonly widgets: readonly [Widget, Widget?];
}

const columns = 12;
/** All in parts of a hundred of the window. */
const margin = 1;
const gap = { across: 1, down: 2 } as const;
const captionHeight = 5;
/** Part of a cell that its second widget takes. */
const second = 0.22;
const tallest = 22;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Groups of cells laid out in rows, each group beginning one; the cells of a row share its whole width. */
export function rows(groups: readonly (readonly Cell[])[]): readonly Widget[] {
  const all = groups.flatMap(broken);
  const height = Math.min(tallest, (100 - 2 * margin) / all.length);
  return all.flatMap((cells, row) => {
    const spans = cells.reduce((sum, { span }) => sum + span, 0);
    const unit = (100 - 2 * margin) / spans;
    let left = margin;
    return cells.flatMap((cell) => {
      const width = cell.span * unit;
      const box = { left, top: margin + row * height, width: width - gap.across, height: height - gap.down };
      left += width;
      return drawn(cell, box);
    });
  });
}

/** Breaks cells into rows of twelve columns at most. */
function broken(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const lines: Cell[][] = [];
  let free = 0;
  for (const cell of cells) {
    if (cell.span > free) {
      lines.push([]);
      free = columns;
    }
    lines.at(-1)?.push(cell);
    free -= cell.span;
  }
  return lines;
}

function drawn({ caption, widgets: [first, next] }: Cell, box: Box): readonly Widget[] {
  const high = caption ? captionHeight : 0;
  const below = { ...box, top: box.top + high, height: box.height - high };
  const nextWidth = next ? box.width * second : 0;
  const placed = [at(first, { ...below, width: below.width - nextWidth })];
  if (next) placed.push(at(next, { ...below, left: below.left + below.width - nextWidth, width: nextWidth }));
  return caption ? [at(caption, { ...box, height: high }), ...placed] : placed;
}

const at = (widget: Widget, { left, top, width, height }: Box): Widget => ({
  ...widget,
  left: percent(left),
  top: percent(top),
  width: percent(width),
  height: percent(height),
});

const percent = (value: number): string => `${Math.round(value * 100) / 100}%`;

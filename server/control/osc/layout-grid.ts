/** A widget of an Open Stage Control session; what is left out has that program's default. */
export interface Widget {
  readonly type: string;
  readonly id: string;
  readonly [property: string]: unknown;
}

/** A control with its caption above it. */
export interface Cell {
  /** Columns it takes: so many, all, or all but the first. */
  readonly span: 1 | 2 | 'all' | 'rest';
  /** Rows it takes. */
  readonly rows?: number;
  /** Null where the control says itself what it is. */
  readonly caption: Widget | null;
  /** Side by side; the first is the widest. */
  readonly widgets: readonly [Widget, Widget?];
}

/**
 * Sizes in rem, which Open Stage Control zooms. The smallest phones are 320 wide: two columns fit, so that no cell may
 * take more. Wider windows have more columns; what does not fit below is scrolled to.
 */
export const grid = { column: 150, row: 76, caption: 22, number: 76 } as const;

/** What makes a panel or tab of Open Stage Control a grid that fills windows of every width. */
export const flowing = {
  layout: 'grid',
  gridTemplate: `none / repeat(auto-fill, minmax(${grid.column}rem, 1fr))`,
  css: `> inner { grid-auto-rows: ${grid.row}rem; }`,
} as const;

/** Groups of cells, each group beginning a row. */
export const rows = (groups: readonly (readonly Cell[])[]): readonly Widget[] =>
  groups.flatMap((cells) => cells.map((cell, index) => drawn(cell, index === 0)));

function drawn(cell: Cell, isFirst: boolean): Widget {
  const { caption, widgets } = cell;
  const [first, second] = widgets;
  const place = placeOf(cell, isFirst);
  if (!caption) return { ...first, css: lines(place, first.css) };
  const whole = { ...caption, css: 'grid-column: 1 / -1;' };
  return {
    type: 'panel',
    id: `cell_${first.id}`,
    bypass: true,
    layout: 'grid',
    gridTemplate: `${grid.caption}rem 1fr / 1fr${second ? ` ${grid.number}rem` : ''}`,
    scroll: false,
    innerPadding: false,
    alphaStroke: 0,
    css: place,
    widgets: [whole, first, ...(second ? [second] : [])],
    tabs: [],
  };
}

function placeOf({ span, rows = 1 }: Cell, isFirst: boolean): string {
  const from = { all: '1 / -1', rest: '2 / -1' };
  const columns = typeof span === 'string' ? from[span] : `${isFirst ? '1 / ' : ''}span ${span}`;
  return `grid-column: ${columns};${rows > 1 ? `\ngrid-row: span ${rows};` : ''}`;
}

const lines = (place: string, more: unknown): string => (more ? `${place}\n${more}` : place);

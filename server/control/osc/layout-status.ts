import { oscFeedback, oscPrefix } from './addresses.ts';
import type { Cell, Widget } from './layout-grid.ts';
import { contactWords, written } from './layout-scripts.ts';

/** Colours of the tablets' pages. */
export const colour = {
  ground: '#0c0b0a',
  raised: '#2a2520',
  ink: '#f3ece1',
  soft: '#c3b8a8',
  accent: '#ecd0a8',
  onAccent: '#1b130a',
  bad: '#f59e8f',
} as const;

export interface Told {
  readonly address: string;
  readonly help: string;
}

export const idOf = (address: string): string => address.slice(oscPrefix.length + 1);

/** What a control and its caption have in common: ids are what Open Stage Control shows where something is wrong. */
export const common = ({ address, help }: Told) => ({ id: idOf(address), address, comments: help });

export const caption = (id: string, text: string): Widget => ({
  type: 'text',
  id: `caption_${id}`,
  default: text,
  align: 'left',
  colorText: colour.soft,
  alphaFillOff: 0,
});

/** Whether the piece answers, on every tab: widgets of one id show the same. */
export const contactCell: Cell = {
  span: 1,
  caption: null,
  widgets: [
    {
      type: 'text',
      id: written.contact,
      comments: 'Whether the piece answers.',
      default: contactWords.silent,
      wrap: 'soft',
      css: 'font-size: 130%;',
    },
  ],
};

/** What was refused, on every tab, for a while. */
export const refusalCell: Cell = {
  span: 'rest',
  caption: null,
  widgets: [
    {
      type: 'text',
      id: written.refusal,
      comments: 'What was not done, and why.',
      align: 'left',
      wrap: 'soft',
      colorText: colour.bad,
    },
  ],
};

/** Something that is received and done by a script; nobody sees it. */
export const receiver = ({ of, script }: { readonly of: Told; readonly script: string }): Widget => ({
  type: 'variable',
  ...common(of),
  bypass: true,
  onValue: script,
});

/** The state of the piece. */
export function status(): readonly Cell[] {
  const { state, visitor, step, likeness, handover, loop } = oscFeedback;
  const shown = (of: Told, name: string, css: string): Cell => ({
    span: of === state ? 2 : 1,
    caption: caption(idOf(of.address), name),
    widgets: [{ ...common(of), type: 'text', css }],
  });
  const meter: Widget = {
    ...common(likeness),
    type: 'fader',
    design: 'compact',
    horizontal: true,
    interaction: false,
    bypass: true,
    range: { min: 0, max: 1 },
  };
  const loopShown: Widget = { type: 'text', id: written.loop, comments: loop.help, colorText: colour.accent };
  return [
    shown(state, 'State', 'font-size: 200%;'),
    shown(visitor, 'Visitors', 'font-size: 150%;'),
    shown(step, 'Step', 'font-size: 150%;'),
    { span: 2, caption: caption(idOf(likeness.address), 'Likeness'), widgets: [meter] },
    shown(handover, 'Becoming face', 'font-size: 150%;'),
    { span: 1, caption: caption(written.loop, 'Loop'), widgets: [loopShown] },
  ];
}

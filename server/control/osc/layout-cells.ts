import type { Parameter } from '../../protocol/parameters.ts';
import type { OscAddress } from './addresses.ts';
import type { Cell, Widget } from './layout-grid.ts';
import { sendAndClear, sendChanged, sendText } from './layout-scripts.ts';
import { caption, colour, common, idOf } from './layout-status.ts';

/** Parameters that stop the show: their buttons have the colour of danger. */
const danger: ReadonlySet<string> = new Set(['freeze', 'blackout', 'testPattern']);

export function commandCell({ address, help }: OscAddress): Cell {
  const word = idOf(address);
  const label = word.charAt(0).toUpperCase() + word.slice(1);
  const css = 'font-size: 130%;';
  return {
    span: 1,
    caption: null,
    widgets: [{ ...common({ address, help }), type: 'button', mode: 'momentary', label, css }],
  };
}

/** A command that takes a name. */
export const nameCell = ({ address, help }: OscAddress): Cell => ({
  span: 2,
  caption: caption(idOf(address), help),
  widgets: [field(address, help)],
});

/**
 * A field for words. A textarea keeps what is typed as it is, where an input reads `12.00` as a number; and it has no
 * address of the piece, whose feedback would replace what is being typed.
 */
const field = (address: string, help: string): Widget => ({
  type: 'textarea',
  id: `${idOf(address)}_typed`,
  comments: help,
  bypass: true,
  onValue: sendAndClear(address),
});

export function parameterCells(parameter: Parameter): readonly Cell[] {
  const { osc: address, key, label, help, default: value } = parameter;
  const base = { ...common({ address, help }), default: value };
  switch (parameter.type) {
    case 'number': {
      const { min, max, step, scale, unit } = parameter;
      const decimals = step >= 1 ? 0 : 2;
      const fader: Widget = {
        ...base,
        type: 'fader',
        design: 'compact',
        horizontal: true,
        range: { min, max },
        logScale: scale === 'log',
        decimals,
        typeTags: 'f',
      };
      // Widgets of one id are one control: the number can be read, and typed.
      const number: Widget = {
        ...common({ address, help }),
        type: 'input',
        numeric: step,
        unit,
        decimals,
        typeTags: 'f',
        bypass: true,
        onValue: sendChanged(address, decimals),
      };
      return [{ span: 2, caption: caption(base.id, label), widgets: [fader, number] }];
    }
    case 'boolean': {
      const on = { on: 1, off: 0, default: value ? 1 : 0, colorTextOn: colour.onAccent };
      const warning = danger.has(key) && { colorWidget: colour.bad };
      return [
        {
          span: 1,
          caption: null,
          widgets: [{ ...base, ...on, ...warning, type: 'button', mode: 'toggle', label, wrap: 'soft' }],
        },
      ];
    }
    case 'choice': {
      const choice: Widget = {
        ...base,
        type: 'switch',
        layout: 'grid',
        gridTemplate: 'none / repeat(auto-fit, minmax(90rem, 1fr))',
        wrap: 'soft',
        values: Object.fromEntries(parameter.choices.map((one) => [one.label, one.value])),
        colorTextOn: colour.onAccent,
        typeTags: 's',
      };
      const isShort = parameter.choices.length <= 3 && parameter.choices.every((one) => one.label.length <= 12);
      const size = isShort ? ({ span: 2 } as const) : ({ span: 'all', rows: 2 } as const);
      return [{ ...size, caption: caption(base.id, label), widgets: [choice] }];
    }
    case 'text': {
      const none: Widget = {
        type: 'button',
        id: `${base.id}_none`,
        comments: 'Empties it.',
        mode: 'momentary',
        label: `No ${label.toLowerCase()}`,
        wrap: 'soft',
        bypass: true,
        onValue: sendText(address, ''),
      };
      return [
        { span: 2, caption: caption(base.id, label), widgets: [{ ...base, type: 'text', wrap: 'soft' }] },
        {
          span: 2,
          caption: caption(`${base.id}_typed`, `New ${label.toLowerCase()}`),
          widgets: [field(address, help)],
        },
        { span: 1, caption: null, widgets: [none] },
      ];
    }
  }
}

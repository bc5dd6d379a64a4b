import { type Parameter, type ParameterGroup, parameterGroups } from '../../protocol/parameters.ts';
import { type OscAddress, oscAddresses, oscFeedback, oscOwn } from './addresses.ts';

/** A widget of an Open Stage Control session; what is left out has that program's default. */
interface Widget {
  readonly type: string;
  readonly id: string;
  readonly [property: string]: unknown;
}

const size = { width: 220, height: 76, gap: 8, columns: 4 } as const;

/** docs/osc/familiar-faces.json: a session of Open Stage Control with a control for every address. */
export function oscLayout(parameters: readonly Parameter[]): object {
  const addresses = oscAddresses(parameters);
  const groups = Object.keys(parameterGroups) as ParameterGroup[];
  const tabs = groups.flatMap((group) => {
    const members = addresses.flatMap(({ parameter }) =>
      parameter?.group === group ? [parameterWidget(parameter)] : [],
    );
    return members.length > 0 ? [tab(parameterGroups[group], members)] : [];
  });
  const buttons = addresses.filter(({ parameter }) => parameter === null);
  const piece = [
    button(oscOwn.subscribe.address, 'Subscribe'),
    ...buttons.map(commandWidget),
    ...Object.values(oscFeedback).map(({ address }) => ({ ...common(address), type: 'text', label: last(address) })),
  ];
  return {
    createdWith: 'Open Stage Control',
    version: '1.30.1',
    type: 'session',
    content: { type: 'root', id: 'root', widgets: [], tabs: [tab('The piece', piece), ...tabs] },
  };
}

function tab(label: string, widgets: readonly Widget[]): object {
  const placed = widgets.map((widget, index) => ({
    ...widget,
    left: size.gap + (index % size.columns) * (size.width + size.gap),
    top: size.gap + Math.floor(index / size.columns) * (size.height + size.gap),
    width: size.width,
    height: size.height,
  }));
  return { type: 'tab', id: `tab ${label}`, label, widgets: placed, tabs: [] };
}

const common = (address: string) => ({ id: address, address, type: '' });
const last = (address: string): string => address.split('/').slice(2).join(' ');

const button = (address: string, label: string): Widget => ({
  ...common(address),
  type: 'button',
  mode: 'momentary',
  label,
});

function commandWidget({ address, takes, help }: OscAddress): Widget {
  if (takes.length === 0) return { ...button(address, last(address)), comments: help };
  return { ...common(address), type: 'input', typeTags: 's', comments: `${last(address)}: ${help}` };
}

function parameterWidget(parameter: Parameter): Widget {
  const { osc, label, help } = parameter;
  const base = { ...common(osc), label, comments: `${label}: ${help}`, default: parameter.default };
  switch (parameter.type) {
    case 'number': {
      const { min, max, step, scale } = parameter;
      // The scale is labelled in the widget, since faders have no label of their own.
      const range = { min: { [`${label} ${min}`]: min }, max: { [String(max)]: max } };
      const decimals = step >= 1 ? 0 : 2;
      return {
        ...base,
        type: 'fader',
        horizontal: true,
        pips: true,
        range,
        decimals,
        logScale: scale === 'log',
        typeTags: 'f',
      };
    }
    case 'boolean':
      return { ...base, type: 'button', mode: 'toggle', default: parameter.default ? 1 : 0, on: 1, off: 0 };
    case 'choice': {
      const values = Object.fromEntries(parameter.choices.map((choice) => [choice.label, choice.value]));
      return { ...base, type: 'switch', layout: 'vertical', values, typeTags: 's' };
    }
    case 'text':
      return { ...base, type: 'input', maxLength: parameter.maxLength, typeTags: 's' };
  }
}

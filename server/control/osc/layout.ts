import { type Parameter, type ParameterGroup, parameterGroups } from '../../protocol/parameters.ts';
import { oscAddresses } from './addresses.ts';
import { commandCell, nameCell, parameterCells } from './layout-cells.ts';
import { type Cell, flowing, rows, type Widget } from './layout-grid.ts';
import { receivers, stayInContact } from './layout-scripts.ts';
import { colour, contactCell, receiver, refusalCell, status } from './layout-status.ts';

/** Where each group of parameters stands; a group that is not named here gets a tab of its own. */
const tabOf: Readonly<Partial<Record<ParameterGroup, 'visit' | 'wall'>>> = {
  visit: 'visit',
  light: 'visit',
  look: 'wall',
  attract: 'wall',
  words: 'wall',
};

/**
 * docs/osc/familiar-faces.json: a session of Open Stage Control with a control for every address. Every tab begins with
 * whether the piece answers and what it refused, and flows to the width of the window, from a phone to a screen.
 */
export function oscLayout(parameters: readonly Parameter[]): object {
  const addresses = oscAddresses(parameters);
  const groups = Object.keys(parameterGroups) as ParameterGroup[];
  const cells = (group: ParameterGroup): readonly Cell[] =>
    parameters.filter((parameter) => parameter.group === group).flatMap(parameterCells);
  const on = (name: 'visit' | 'wall') => groups.filter((group) => tabOf[group] === name).map(cells);
  const commands = addresses.filter(({ parameter }) => parameter === null);
  const buttons = commands.filter(({ takes }) => takes.length === 0).map(commandCell);
  const names = commands.filter(({ takes }) => takes.length > 0).map(nameCell);
  const others = groups.filter((group) => tabOf[group] === undefined && cells(group).length > 0);
  const tabs = [
    tab('visit', 'The visit', [status(), buttons, ...on('visit')], receivers.map(receiver)),
    tab('wall', 'The wall', on('wall')),
    ...others.map((group) => tab(group, parameterGroups[group], [cells(group)])),
    tab('presets', 'Presets', [names]),
  ];
  const content = {
    type: 'root',
    id: 'root',
    colorBg: colour.ground,
    colorText: colour.ink,
    colorWidget: colour.accent,
    css: tabBar,
    // Which tab is open is nobody’s business.
    bypass: true,
    onCreate: stayInContact,
    widgets: [],
    tabs,
  };
  return { createdWith: 'Open Stage Control', version: '1.29.8', type: 'session', content };
}

/** The bar of tabs has colours of the program’s theme, which no property reaches. */
const tabBar = [
  `> inner > .navigation { background: ${colour.ground}; }`,
  `> inner > .navigation .tablink { color: ${colour.soft}; }`,
  `> inner > .navigation .tablink.on { background: ${colour.raised}; color: ${colour.accent}; }`,
].join('\n');

const tab = (
  id: string,
  label: string,
  groups: readonly (readonly Cell[])[],
  hidden: readonly Widget[] = [],
): object => ({
  type: 'tab',
  id: `tab_${id}`,
  label,
  colorWidget: colour.accent,
  bypass: true,
  ...flowing,
  scroll: true,
  widgets: [...rows([[contactCell, refusalCell], ...groups]), ...hidden],
  tabs: [],
});

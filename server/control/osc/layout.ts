import { type Parameter, type ParameterGroup, parameterGroups } from '../../protocol/parameters.ts';
import { type OscAddress, oscAddresses, oscAnswers, oscFeedback, oscOwn, oscPrefix } from './addresses.ts';
import { type Cell, rows, type Widget } from './layout-grid.ts';

/** Colours of the tablets' pages. */
const colour = {
  ground: '#0c0b0a',
  line: '#8b7f70',
  ink: '#f3ece1',
  soft: '#c3b8a8',
  accent: '#ecd0a8',
  onAccent: '#1b130a',
  bad: '#f59e8f',
} as const;

/** Where each group of parameters stands; a group that is not named here gets a tab of its own. */
const tabOf: Readonly<Partial<Record<ParameterGroup, 'visit' | 'wall'>>> = {
  visit: 'visit',
  light: 'visit',
  look: 'wall',
  attract: 'wall',
  words: 'wall',
};

/** Parameters that stop the show: their buttons have the colour of danger. */
const danger: ReadonlySet<string> = new Set(['freeze', 'blackout', 'testPattern']);

/**
 * Renews the subscription while the session is open somewhere; the first time a moment after it opened, when Open Stage
 * Control knows where to send to. The ping makes the lamp blink.
 */
const stayInTouch = [
  `var tell = () => { send('${oscOwn.subscribe.address}'); send('${oscOwn.ping.address}') }`,
  "setTimeout('soon', tell, 500)",
  "setInterval('often', tell, 10000)",
].join('\n');

/**
 * docs/osc/familiar-faces.json: a session of Open Stage Control with a control for every address. Sizes are parts of the
 * window, so that it fits a tablet as well as a screen.
 */
export function oscLayout(parameters: readonly Parameter[]): object {
  const addresses = oscAddresses(parameters);
  const groups = Object.keys(parameterGroups) as ParameterGroup[];
  const cells = (group: ParameterGroup): readonly Cell[] =>
    parameters.filter((parameter) => parameter.group === group).map(parameterCell);
  const on = (name: 'visit' | 'wall') => groups.filter((group) => tabOf[group] === name).map(cells);
  const commands = addresses.filter(({ parameter }) => parameter === null);
  const buttons = commands.filter(({ takes }) => takes.length === 0).map(commandCell);
  const names = commands.filter(({ takes }) => takes.length > 0).map(nameCell);
  const others = groups.filter((group) => tabOf[group] === undefined && cells(group).length > 0);
  const tabs = [
    tab('visit', 'The visit', [status(), buttons, ...on('visit')]),
    tab('wall', 'The wall', on('wall')),
    ...others.map((group) => tab(group, parameterGroups[group], [cells(group)])),
    tab('presets', 'Presets', [names, news()]),
  ];
  const content = {
    type: 'root',
    id: 'root',
    colorBg: colour.ground,
    colorText: colour.ink,
    colorWidget: colour.accent,
    // Which tab is open is nobody’s business.
    bypass: true,
    onCreate: stayInTouch,
    widgets: [],
    tabs,
  };
  return { createdWith: 'Open Stage Control', version: '1.30.1', type: 'session', content };
}

const tab = (id: string, label: string, groups: readonly (readonly Cell[])[]): object => ({
  type: 'tab',
  id: `tab_${id}`,
  label,
  bypass: true,
  scroll: false,
  widgets: rows(groups),
  tabs: [],
});

/** What a control and its caption have in common: ids are what Open Stage Control shows where something is wrong. */
const common = (address: string, comments: string) => ({ id: address.slice(oscPrefix.length + 1), address, comments });

const caption = (address: string, text: string): Widget => ({
  type: 'text',
  id: `caption_${address.slice(oscPrefix.length + 1)}`,
  default: text,
  align: 'left',
  colorText: colour.soft,
  alphaStroke: 0,
});

/** The state of the piece: what it tells, and a lamp that blinks while it answers. */
function status(): readonly Cell[] {
  const { state, visitor, step, likeness } = oscFeedback;
  const shown = (of: { address: string; help: string }, name: string, span: number, css = 'font-size: 150%'): Cell => ({
    span,
    caption: caption(of.address, name),
    widgets: [{ ...common(of.address, of.help), type: 'text', css }],
  });
  const meter: Widget = {
    ...common(likeness.address, likeness.help),
    type: 'fader',
    design: 'compact',
    horizontal: true,
    interaction: false,
    bypass: true,
    range: { min: 0, max: 1 },
  };
  return [
    shown(state, 'State', 4, 'font-size: 200%'),
    shown(visitor, 'Visitors', 2),
    shown(step, 'Step', 2),
    { span: 3, caption: caption(likeness.address, 'Likeness'), widgets: [meter] },
    lamp(oscAnswers.pong, 'In touch', 1),
  ];
}

/** What happens now and then, and what was refused. */
function news(): readonly Cell[] {
  const { handover, loop } = oscFeedback;
  const { error } = oscAnswers;
  const text = (of: { address: string; help: string }, name: string, span: number): Cell => ({
    span,
    caption: caption(of.address, name),
    widgets: [{ ...common(of.address, of.help), type: 'text', wrap: 'soft' }],
  });
  return [text(handover, 'Turning into visitor', 3), lamp(loop, 'Loop', 2), text(error, 'Last refusal', 7)];
}

/** A button that nobody can press and that blinks when something is received. */
const lamp = ({ address, help }: { address: string; help: string }, label: string, span: number): Cell => ({
  span,
  caption: caption(address, label),
  widgets: [{ ...common(address, help), type: 'button', mode: 'momentary', label: '^circle', ...untouchable }],
});
const untouchable = { interaction: false, bypass: true, colorText: colour.line } as const;

const commandCell = ({ address, help }: OscAddress): Cell => ({
  span: 2,
  caption: null,
  widgets: [
    { ...common(address, help), type: 'button', mode: 'momentary', label: name(address), css: 'font-size: 130%' },
  ],
});

/** A command that takes a name: it is sent when Enter is pressed. */
const nameCell = ({ address, help }: OscAddress): Cell => ({
  span: 6,
  caption: caption(address, help),
  widgets: [{ ...common(address, help), type: 'input', typeTags: 's' }],
});

const name = (address: string): string => {
  const word = address.slice(oscPrefix.length + 1);
  return word.charAt(0).toUpperCase() + word.slice(1);
};

function parameterCell(parameter: Parameter): Cell {
  const { osc, key, label, help, default: value } = parameter;
  const base = { ...common(osc, help), default: value };
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
      const number: Widget = { ...base, type: 'input', numeric: step, unit, decimals, typeTags: 'f' };
      return { span: 4, caption: caption(osc, label), widgets: [fader, number] };
    }
    case 'boolean': {
      const on = { on: 1, off: 0, default: value ? 1 : 0, colorTextOn: colour.onAccent };
      const warning = danger.has(key) && { colorWidget: colour.bad };
      return {
        span: 2,
        caption: null,
        widgets: [{ ...base, ...on, ...warning, type: 'button', mode: 'toggle', label, wrap: 'soft' }],
      };
    }
    case 'choice': {
      const values = Object.fromEntries(parameter.choices.map((choice) => [choice.label, choice.value]));
      const choice: Widget = {
        ...base,
        type: 'switch',
        layout: 'horizontal',
        wrap: 'soft',
        values,
        colorTextOn: colour.onAccent,
        typeTags: 's',
      };
      return { span: parameter.choices.length > 3 ? 8 : 4, caption: caption(osc, label), widgets: [choice] };
    }
    case 'text':
      return {
        span: 10,
        caption: caption(osc, label),
        widgets: [{ ...base, type: 'input', maxLength: parameter.maxLength, typeTags: 's' }],
      };
  }
}

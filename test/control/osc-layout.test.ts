import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../../server/config/read-config.ts';
import { oscAddresses, oscAnswers, oscFeedback } from '../../server/control/osc/addresses.ts';
import { oscDocument } from '../../server/control/osc/document.ts';
import { oscLayout } from '../../server/control/osc/layout.ts';
import { grid } from '../../server/control/osc/layout-grid.ts';
import { contact, contactWords } from '../../server/control/osc/layout-scripts.ts';
import { subscriptionSeconds } from '../../server/control/osc/subscribers.ts';
import { describeParameters } from '../../server/protocol/parameters.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';
import { FakeClock } from '../installation/fakes.ts';
import { LiveControl } from './live.ts';
import { type Drawn, OpenStage, widgetsIn } from './open-stage.ts';
import { Controller, until } from './osc-controller.ts';

const parameters = describeParameters({
  directions: [{ name: 'age', label: 'Age', min: -3, max: 3 }],
  languages: builtInLanguages,
});
const { content } = oscLayout(parameters) as { readonly content: Drawn & { readonly tabs: readonly Drawn[] } };
const widgets = widgetsIn(content).filter(({ type }) => type !== 'tab' && type !== 'panel');
const listening = widgets.filter(({ address }) => address !== undefined);

/** What Open Stage Control 1.29.8 lists as the properties of its widgets: others would do nothing. */
const common =
  'type id interaction comments left top width height colorText colorWidget alphaStroke alphaFillOff css default address ' +
  'bypass onValue';
const properties: Readonly<Record<string, string>> = {
  button: `${common} label mode on off wrap colorTextOn`,
  fader: `${common} design horizontal range logScale decimals typeTags`,
  input: `${common} numeric unit decimals typeTags maxLength`,
  textarea: `${common} typeTags decimals`,
  switch: `${common} layout gridTemplate wrap values colorTextOn typeTags`,
  text: `${common} align wrap`,
  variable: 'type id comments address bypass default onCreate onValue',
  panel: `${common} layout gridTemplate scroll innerPadding widgets tabs`,
  tab: 'type id label colorWidget css bypass layout gridTemplate scroll widgets tabs',
  root: 'type id colorBg colorText colorWidget css bypass onCreate widgets tabs',
};

describe('the layout for Open Stage Control', () => {
  it('has a control for everything, with properties that Open Stage Control knows', () => {
    const scripts = widgets.map(({ onValue }) => String(onValue ?? '')).join('\n');
    const has = (address: string) =>
      listening.some((widget) => widget.address === address) || scripts.includes(`send('${address}',`);
    for (const { address } of oscAddresses(parameters)) expect(has(address), address).toBe(true);
    for (const { address } of Object.values(oscFeedback)) expect(has(address), address).toBe(true);
    for (const { address } of [oscAnswers.error, oscAnswers.pong]) expect(has(address), address).toBe(true);
    for (const widget of [content, ...widgetsIn(content)]) {
      const known = new Set(properties[widget.type].split(' '));
      for (const property of Object.keys(widget)) expect(known, `${widget.type} ${widget.id}`).toContain(property);
    }
    // It hands a script with this word to another event.
    expect(scripts).not.toContain('touch');
  });

  it('gives one id to a fader and the number beside it, and to what every tab shows', () => {
    for (const widget of widgets) {
      const same = widgets.filter(({ id }) => id === widget.id);
      if (same.length === 1) continue;
      if (widget.type === 'text') {
        expect(same).toEqual(content.tabs.map(() => widget));
        expect(widget.address).toBeUndefined();
      } else {
        expect(same.map(({ type, address }) => [type, address])).toEqual([
          ['fader', widget.address],
          ['input', widget.address],
        ]);
      }
    }
  });

  it('fits every window from the smallest phone on', () => {
    // The padding of a tab on both sides.
    const columns = Math.floor((320 - 4) / grid.column);
    for (const tab of content.tabs) {
      expect(tab).toMatchObject({ layout: 'grid', scroll: true });
      expect(tab.gridTemplate).toBe(`none / repeat(auto-fill, minmax(${grid.column}rem, 1fr))`);
      for (const { css, id, type } of tab.widgets as Drawn[]) {
        if (type === 'variable') continue;
        const [, from, to] = /^grid-column: (?:(1|2) \/ )?(?:(-1|span \d));/.exec(String(css)) ?? [];
        expect(to, id).toBeDefined();
        if (to !== '-1') expect(Number(to.slice(5)), id).toBeLessThanOrEqual(columns);
        else expect(Number(from)).toBeLessThanOrEqual(columns);
      }
    }
    // Captions are one line: 8 rem a character is more than Open Stage Control's letters take.
    const cells = widgetsIn(content).filter(({ id }) => id.startsWith('cell_'));
    expect(cells.length).toBeGreaterThan(15);
    for (const { css, widgets: inside } of cells) {
      const span = Number(/span (\d)/.exec(String(css))?.[1] ?? columns);
      expect(String((inside as Drawn[])[0].default).length * 8).toBeLessThanOrEqual(span * grid.column);
    }
  });

  it('gives the bar of tabs the colours of the piece', () => {
    for (const part of ['.navigation {', '.tablink {', '.tablink.on {']) expect(content.css).toContain(part);
    for (const tab of content.tabs) expect(tab.colorWidget).toBe(content.colorWidget);
  });

  it('is started beside the piece, on ports that the piece leaves free', () => {
    const [command] = /^ {4}open-stage-control .*$/m.exec(oscDocument(parameters)) ?? [''];
    const option = (name: string) => new RegExp(`--${name} (\\S+)`).exec(command)?.[1];
    const { server, osc } = defaultConfig();
    expect(option('send')).toBe(`localhost:${osc.port}`);
    expect(option('load')).toBe('docs/osc/familiar-faces.json');
    const ports = [server.port, osc.port, Number(option('port')), Number(option('osc-port'))];
    expect(new Set(ports).size).toBe(4);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(1_024);
  });
});

describe('the layout in Open Stage Control', () => {
  let clock: FakeClock;
  let stage: OpenStage;
  beforeEach(() => {
    clock = new FakeClock();
    stage = new OpenStage(content, clock);
  });

  it('renews its subscription by itself', async () => {
    const times: number[] = [];
    const start = clock.now();
    for (let second = 0; second < 120; second++) {
      const before = stage.sent.length;
      await clock.advance(1);
      if (stage.sent.slice(before).some(([address]) => address === '/familiar/subscribe'))
        times.push(clock.now() - start);
    }
    expect(times.length).toBeGreaterThan(8);
    for (const [i, at] of times.entries()) {
      // Two renewals may be lost.
      expect(at - (times[i - 1] ?? 0)).toBeLessThan((subscriptionSeconds * 1_000) / 2);
    }
  });

  it('says on every tab whether the piece answers', async () => {
    const all = (words: string) => content.tabs.map(() => words);
    expect(stage.shows('contact')).toEqual(all(contactWords.silent));
    stage.receive('/familiar/pong');
    expect(stage.shows('contact')).toEqual(all(contactWords.answers));
    await clock.advance(contact.silence / 1_000 - 5);
    stage.receive('/familiar/pong');
    await clock.advance(contact.silence / 1_000 - 1);
    expect(stage.shows('contact')).toEqual(all(contactWords.answers));
    await clock.advance(2);
    expect(stage.shows('contact')).toEqual(all(contactWords.silent));
    // Two pongs may be lost.
    expect(contact.silence).toBeGreaterThan(2 * contact.renew);
  });

  it('says on every tab what was refused, in words, for a while', async () => {
    stage.receive('/familiar/error', '/familiar/pace', 'Pace must be between 5 and 600 s.');
    expect(stage.shows('refusal')).toEqual(content.tabs.map(() => 'pace: Pace must be between 5 and 600 s.'));
    await clock.advance(31);
    expect(stage.shows('refusal')).toEqual(content.tabs.map(() => ''));
  });

  it('shows for seconds that the loop has come round', async () => {
    stage.receive('/familiar/loop');
    await clock.advance(3);
    expect(stage.shows('loop_shown')).toEqual(['^circle']);
    await clock.advance(3);
    expect(stage.shows('loop_shown')).toEqual(['']);
  });

  it('sends what is typed once and as it is, and nothing when a field is left', () => {
    for (const [id, address] of [
      ['preset_typed', '/familiar/preset'],
      ['preset/save_typed', '/familiar/preset/save'],
      ['message_typed', '/familiar/message'],
    ]) {
      for (const text of ['Evening', '12.00', '"quoted"', '[1]', 'true']) {
        stage.sent.length = 0;
        stage.enter(id, text);
        stage.leave(id);
        stage.leave(id);
        expect(stage.sent).toEqual([[address, text]]);
      }
    }
    stage.sent.length = 0;
    stage.receive('/familiar/message', 'Back at two');
    stage.receive('/familiar/preset', 'Evening');
    stage.press('message_none');
    expect(stage.sent).toEqual([['/familiar/message', '']]);
    expect(stage.shows('message')).toEqual(['Back at two']);
  });

  it('sends a number when another is typed, not when its field is left', () => {
    stage.receive('/familiar/pace', 60.4);
    stage.leave('pace');
    expect(stage.sent).toEqual([]);
    stage.enter('pace', '30');
    stage.leave('pace');
    expect(stage.sent).toEqual([['/familiar/pace', 30]]);
    stage.receive('/familiar/pace', 90);
    stage.enter('pace', '');
    expect(stage.shows('pace')).toEqual([90, 90]);
    stage.leave('pace');
    expect(stage.sent).toHaveLength(1);
    stage.receive('/familiar/look/amount', 0.6);
    stage.enter('look/amount', '0.25');
    expect(stage.sent.at(-1)).toEqual(['/familiar/look/amount', 0.25]);
  });
});

describe('the layout in use', () => {
  let live: LiveControl;
  let desk: Controller;
  beforeEach(async () => {
    live = await new LiveControl().start();
    desk = await new Controller(() => live.osc.port).open();
  });
  afterEach(async () => {
    desk.socket.close();
    await live.stop();
  });

  it('sends what the piece understands', async () => {
    const values = ({ type, range, values, on, off }: Drawn): readonly (number | string)[] => {
      if (type === 'fader') return Object.values(range as Record<string, number>);
      if (type === 'switch') return Object.values(values as Record<string, string>);
      if (type === 'button') return [off as number, on as number];
      return [];
    };
    const keys = new Map(parameters.map(({ osc, key }) => [osc, key]));
    for (const widget of listening.filter(({ address }) => keys.has(address ?? ''))) {
      for (const value of values(widget)) {
        desk.heard = [];
        desk.send(widget.address ?? '', value);
        await desk.hears('/familiar/ok', widget.address);
        const now = live.parameters.values[keys.get(widget.address ?? '') as 'pace'] as unknown;
        expect(typeof now === 'boolean' ? Number(now) : now).toBe(value);
      }
    }
    for (const { address = '' } of listening.filter(({ mode, bypass }) => mode === 'momentary' && !bypass)) {
      desk.heard = [];
      desk.send(address);
      await until(() => desk.heard.some(({ values }) => values[0] === address));
      expect(desk.heard.at(-1)?.values[1] ?? '').not.toMatch(/no such address|takes/);
    }
    const stage = new OpenStage(content, new FakeClock());
    for (const { id } of widgets.filter(({ type }) => type === 'textarea').reverse()) {
      stage.enter(id, '12.00');
      const [address, value] = stage.sent.at(-1) as [string, string];
      desk.heard = [];
      desk.send(address, value);
      await desk.hears('/familiar/ok', address);
    }
    expect(live.parameters.values.message).toBe('12.00');
    expect(live.saved.presets.map(({ name }) => name)).toEqual(['12.00']);
  });
});

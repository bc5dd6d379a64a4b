import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { oscAddresses, oscAnswers, oscFeedback } from '../../server/control/osc/addresses.ts';
import { oscLayout } from '../../server/control/osc/layout.ts';
import { subscriptionSeconds } from '../../server/control/osc/subscribers.ts';
import { describeParameters } from '../../server/protocol/parameters.ts';
import { builtInLanguages } from '../../server/protocol/texts.ts';
import { FakeClock } from '../installation/fakes.ts';
import { LiveControl } from './live.ts';
import { Controller, until } from './osc-controller.ts';

interface Drawn {
  readonly type: string;
  readonly id: string;
  readonly address?: string;
  readonly [property: string]: unknown;
}
interface Session {
  readonly content: Drawn & { readonly tabs: readonly (Drawn & { readonly widgets: readonly Drawn[] })[] };
}

const parameters = describeParameters({
  directions: [{ name: 'age', label: 'Age', min: -3, max: 3 }],
  languages: builtInLanguages,
});
const { content } = oscLayout(parameters) as Session;
const widgets = content.tabs.flatMap((tab) => tab.widgets);
const listening = widgets.filter(({ address }) => address !== undefined);

/** What Open Stage Control 1.x lists in its reference of properties: others would do nothing. */
const common =
  'type id interaction comments left top width height colorText colorWidget alphaStroke css default address bypass';
const properties: Readonly<Record<string, string>> = {
  button: `${common} label mode on off wrap colorTextOn`,
  fader: `${common} design horizontal range logScale decimals typeTags`,
  input: `${common} numeric unit decimals typeTags maxLength`,
  switch: `${common} layout wrap values colorTextOn typeTags`,
  text: `${common} align wrap`,
  tab: 'type id label bypass scroll widgets tabs',
  root: 'type id colorBg colorText colorWidget bypass onCreate widgets tabs',
};

describe('the layout for Open Stage Control', () => {
  it('has a control for everything, with properties that Open Stage Control knows', () => {
    const addresses = new Set(listening.map(({ address }) => address));
    for (const { address } of oscAddresses(parameters)) expect(addresses, address).toContain(address);
    for (const { address } of Object.values(oscFeedback)) expect(addresses, address).toContain(address);
    expect(addresses).toContain(oscAnswers.error.address);
    for (const widget of [content, ...content.tabs, ...widgets]) {
      const known = new Set(properties[widget.type].split(' '));
      for (const property of Object.keys(widget)) expect(known, `${widget.type} ${widget.id}`).toContain(property);
    }
  });

  it('gives one id to a fader and the number beside it, and to nothing else', () => {
    for (const widget of widgets) {
      const same = widgets.filter(({ id }) => id === widget.id);
      if (same.length > 1)
        expect(same.map(({ type, address }) => [type, address])).toEqual([
          ['fader', widget.address],
          ['input', widget.address],
        ]);
    }
  });

  it('lays nothing over anything else, nor outside', () => {
    const box = (widget: Drawn) => {
      const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((of) =>
        Number.parseFloat(`${widget[of]}`),
      );
      return { left, top, right: left + width, bottom: top + height };
    };
    for (const tab of content.tabs) {
      const boxes = tab.widgets.map(box);
      for (const [i, one] of boxes.entries()) {
        expect(Math.min(one.left, one.top, 100 - one.right, 100 - one.bottom)).toBeGreaterThanOrEqual(0);
        for (const other of boxes.slice(i + 1)) {
          const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
          const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
          expect(Math.min(across, down), `${tab.id} ${tab.widgets[i].id}`).toBeLessThan(0.05);
        }
      }
    }
  });

  it('renews its subscription by itself', async () => {
    const clock = new FakeClock();
    const start = clock.now();
    const sent: { address: string; at: number }[] = [];
    const send = (address: string) => sent.push({ address, at: clock.now() - start });
    // Open Stage Control’s own timers: a name, what to do, and when.
    const later = (_: string, run: () => void, ms: number) => clock.setTimeout(run, ms);
    const often = (name: string, run: () => void, ms: number): unknown =>
      later(name, () => [run(), often(name, run, ms)], ms);
    new Function('send', 'setTimeout', 'setInterval', String(content.onCreate))(send, later, often);
    await clock.advance(120);
    const times = sent.filter(({ address }) => address === '/familiar/subscribe').map(({ at }) => at);
    expect(times.length).toBeGreaterThan(8);
    for (const [i, at] of times.entries()) {
      // Two renewals may be lost.
      expect(at - (times[i - 1] ?? 0)).toBeLessThan((subscriptionSeconds * 1_000) / 2);
    }
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
    const values = ({ type, range, values, on, off, typeTags }: Drawn): readonly (number | string)[] => {
      if (type === 'fader') return Object.values(range as Record<string, number>);
      if (type === 'switch') return Object.values(values as Record<string, string>);
      if (type === 'button') return [off as number, on as number];
      return typeTags === 's' ? ['words'] : [];
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
  });
});

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Command } from '../../server/protocol/commands.ts';
import { identityMapping, validateMapping } from '../../server/protocol/mapping.ts';
import { sampleChain, sampleState, sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { audit, overhang, sizes, TabletStage } from './tablet-stage.ts';

const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 25 });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const tabs = ['Now', 'Controls', 'Chain', 'Displays', 'Presets', 'Log'] as const;

describe.skipIf(browserMissing)('the curator’s tablet', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  const given = <T extends Command['type']>(type: T) =>
    stage.fake.given.map(({ command }) => command).filter((command) => command.type === type) as Extract<
      Command,
      { type: T }
    >[];
  const enter = async (page: Page, pin: string) => {
    await page.getByLabel('PIN of the curator’s page').fill(pin);
    await page.getByRole('button', { name: 'Open' }).click();
  };
  const desk = async (options: Parameters<TabletStage['open']>[1] = {}) => {
    const page = await stage.open('/curator', { viewport: sizes.landscape, ...options });
    await enter(page, stage.fake.pin);
    await page.getByRole('tablist').waitFor();
    return page;
  };
  const go = async (page: Page, tab: (typeof tabs)[number]) => page.getByRole('tab', { name: tab }).click();
  const acknowledged = (page: Page, words: string) =>
    page.locator('.acknowledgement', { hasText: words }).first().waitFor();
  /** The installation does what it is told. */
  const obey = () => {
    stage.fake.answer = ({ command }) => {
      if (command.type === 'set') stage.fake.setParameter(command.key, command.value);
      if (command.type === 'mapping.set') {
        stage.fake.change({ mappings: { ...stage.fake.state.mappings, [command.display]: command.mapping } });
      }
      if (command.type === 'mapping.reset') stage.fake.change({ mappings: {} });
      if (command.type === 'chain.forget') {
        stage.fake.change({ chain: stage.fake.state.chain.filter(({ id }) => id !== command.face) });
      }
      return { status: 'done' };
    };
  };
  const busy = () =>
    stage.fake.change({
      state: 'becoming',
      visit: sampleVisit({
        mine: false,
        visitor: 9,
        portrait: '/portrait/5',
        progress: { step: 40, steps: 120, done: 0.4, secondsLeft: 42, likeness: 0.7, loss: 0.3 },
      }),
      until: Date.now() + 42_000,
      curve: Array.from({ length: 41 }, (_, step) => ({ step, loss: 1 / (1 + step), likeness: step / 60 })),
      queue: { waiting: [{ ticket: 12, place: 1, wait: 90 }], called: null, full: false },
    });

  describe('its gate', () => {
    it('opens to the PIN only, and says why it stays shut', async () => {
      const page = await stage.open('/curator');
      const field = page.getByLabel('PIN of the curator’s page');
      await soon(async () => expect(await field.evaluate((node) => node === document.activeElement)).toBe(true));
      await audit(page, 'curator-gate');
      expect(stage.fake.tries).toBe(0);
      await enter(page, '0000');
      await page.getByRole('alert').getByText('That is not the PIN.').waitFor();
      expect(await field.inputValue()).toBe('');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      await audit(page, 'curator-gate-wrong');
      stage.fake.refusal = { code: 'rate-limited', reason: 'Wait.', retryAfter: 20 };
      await enter(page, '1111');
      await page.getByText('Too many tries. Please wait 20 seconds.').waitFor();
      expect(stage.fake.tries).toBe(2);
      stage.fake.refusal = null;
      await enter(page, stage.fake.pin);
      await page.getByRole('tablist').waitFor();
    });

    it('stays open over a reload of the tab, and shuts when told', async () => {
      const page = await desk();
      await page.reload();
      await page.getByRole('tablist').waitFor();
      await page.getByRole('button', { name: 'Lock' }).click();
      await page.getByLabel('PIN of the curator’s page').waitFor();
      await page.reload();
      await page.getByLabel('PIN of the curator’s page').waitFor();
      await soon(() => expect(stage.fake.connections).toBe(0));
    });
  });

  it('shows everything without barriers, on tablets and phones', async () => {
    const page = await desk();
    busy();
    for (const size of ['landscape', 'portrait', 'narrow'] as const) {
      await page.setViewportSize(sizes[size]);
      for (const tab of tabs) {
        await go(page, tab);
        await page.getByRole('tabpanel', { name: tab }).waitFor();
        expect(await overhang(page), `${tab} ${size}`).toBe(0);
        await audit(page, `curator-${tab.toLowerCase()}-${size}`);
      }
    }
  }, 120_000);

  it('tells what is going on', async () => {
    const page = await desk();
    await page.getByText('Nobody is there', { exact: true }).waitFor();
    busy();
    const wall = page.getByRole('region', { name: 'The wall' });
    await wall.getByText('Becoming', { exact: true }).waitFor();
    await wall.getByText(/Visitor 9 · 0:4\d/).waitFor();
    await page.getByRole('img', { name: 'After 40 steps: likeness 67 %, loss 0.0244.' }).waitFor();
    stage.fake.changeCurator({
      camera: {
        level: 'trouble',
        name: 'usb',
        message: 'The picture is frozen.',
        since: Date.now() - 4_000,
        fps: null,
      },
    });
    await page.getByText('The picture is frozen.').waitFor();
    await page.getByRole('heading', { name: /Camera is in trouble/ }).waitFor();
    await page.getByRole('tab', { name: 'Now needs attention' }).waitFor();
    await page.getByRole('button', { name: 'Take out number 12' }).click();
    await soon(() => expect(given('queue.leave')).toEqual([{ type: 'queue.leave', ticket: 12 }]));
  });

  it('asks before it darkens the room or ends a visit, and never before it gives the light back', async () => {
    obey();
    const page = await desk();
    busy();
    const blackout = page.getByRole('button', { name: 'Blackout' });
    await blackout.click();
    await page.getByRole('button', { name: 'Dark, really?' }).waitFor();
    expect(given('set')).toEqual([]);
    // A stray touch forgets itself.
    await blackout.waitFor({ timeout: 8_000 });
    await blackout.click();
    await page.getByRole('button', { name: 'Dark, really?' }).click();
    await soon(async () => expect(await blackout.getAttribute('aria-pressed')).toBe('true'));
    await acknowledged(page, 'Blackout: on done');
    await blackout.click();
    await soon(async () => expect(await blackout.getAttribute('aria-pressed')).toBe('false'));
    await page.getByRole('button', { name: 'Skip' }).click();
    expect(given('skip')).toEqual([]);
    await page.getByRole('button', { name: 'Skip ahead, really?' }).click();
    await soon(() => expect(given('skip')).toHaveLength(1));
    await page.getByRole('button', { name: 'Attract' }).click();
    await page.getByRole('button', { name: 'End the visit?' }).click();
    await soon(() => expect(given('attract')).toHaveLength(1));
  });

  describe('its controls', () => {
    const slider = (page: Page, name: string) => page.getByRole('slider', { name, exact: true });
    const drag = async (page: Page, name: string, to: number, end = true) => {
      await slider(page, name).scrollIntoViewIfNeeded();
      const box = await slider(page, name).boundingBox();
      if (!box) throw new Error(`There is no slider “${name}”.`);
      const thumb = await slider(page, name).evaluate((node) => Number((node as HTMLInputElement).value) / 1_000);
      const x = (share: number) => box.x + 14 + share * (box.width - 28);
      await page.mouse.move(x(thumb), box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(x(to), box.y + box.height / 2, { steps: 15 });
      if (end) await page.mouse.up();
    };

    it('are all there, made from the one description', async () => {
      const page = await desk();
      await go(page, 'Controls');
      for (const { key, label, type } of sampleState().descriptions) {
        if (key === 'freeze' || key === 'blackout') continue;
        const role = { number: 'slider', boolean: 'switch', text: 'textbox', choice: null }[type];
        if (role) await page.getByRole(role as 'slider', { name: label, exact: true }).waitFor();
        else await page.locator('fieldset, .control', { hasText: label }).first().waitFor();
      }
    });

    it('follow a drag, and end where it ends', async () => {
      obey();
      const page = await desk();
      await go(page, 'Controls');
      await drag(page, 'Brightness', 0.3);
      await soon(() => expect(stage.fake.state.parameters.brightness).toBeCloseTo(0.3, 1));
      await acknowledged(page, 'Brightness');
      const values = given('set').map(({ value }) => value as number);
      expect(Math.abs((values.at(-1) ?? 0) - 0.3)).toBeLessThan(0.03);
      expect(values.at(-1)).toBe(stage.fake.state.parameters.brightness);
      await soon(async () => {
        const shown = await page.getByRole('textbox', { name: /^Brightness/ }).inputValue();
        expect(Number(shown)).toBe(values.at(-1));
      });
      await page.getByRole('button', { name: 'Brightness: back to 1.00' }).click();
      await soon(() => expect(stage.fake.state.parameters.brightness).toBe(1));
    });

    it('of two curators follow each other, and do not fight over a slider that is held', async () => {
      obey();
      const one = await desk();
      const two = await desk();
      await go(one, 'Controls');
      await go(two, 'Controls');
      await drag(one, 'Brightness', 0.5);
      const shown = (page: Page) => page.getByRole('textbox', { name: /^Brightness/ }).inputValue();
      await soon(async () => expect(await shown(two)).toBe(await shown(one)));

      await drag(one, 'Brightness', 0.2, false);
      await soon(() => expect(stage.fake.state.parameters.brightness).toBeCloseTo(0.2, 1));
      const held = await shown(one);
      await slider(two, 'Brightness').focus();
      await two.keyboard.press('End');
      await soon(() => expect(stage.fake.state.parameters.brightness).toBe(1));
      await pause(300);
      expect(await shown(one)).toBe(held);
      // Let go: the last word counts, which was the other's.
      await one.mouse.up();
      await soon(async () => expect(await shown(one)).toBe('1.00'));
    });

    it('spring back and say why when they are refused', async () => {
      stage.fake.answer = () => ({
        status: 'refused',
        code: 'out-of-range',
        reason: 'The projector does not like that.',
      });
      const page = await desk();
      await go(page, 'Controls');
      await slider(page, 'Pace').focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('alert').getByText('Pace: 61 s refused: The projector does not like that.').waitFor();
      await soon(async () => expect(await page.getByRole('textbox', { name: /^Pace/ }).inputValue()).toBe('60'));
    });

    it('can be set by keyboard: arrows, typed numbers, switches, choices, words', async () => {
      obey();
      const page = await desk();
      await go(page, 'Controls');
      await slider(page, 'Pace').focus();
      await page.keyboard.press('ArrowUp');
      await soon(() => expect(stage.fake.state.parameters.pace).toBe(61));
      await page.keyboard.press('Home');
      await soon(() => expect(stage.fake.state.parameters.pace).toBe(5));
      const field = page.getByRole('textbox', { name: /^Pace/ });
      await field.fill('90');
      await field.press('Enter');
      await soon(() => expect(stage.fake.state.parameters.pace).toBe(90));
      await field.fill('9000');
      await field.press('Enter');
      await soon(async () => expect(await field.inputValue()).toBe('90'));
      const captions = page.getByRole('switch', { name: 'Captions' });
      await captions.focus();
      await page.keyboard.press('Space');
      await soon(async () => expect(await captions.isChecked()).toBe(false));
      expect(stage.fake.state.parameters.caption).toBe(false);
      await page.getByRole('radio', { name: 'Plain' }).focus();
      await page.keyboard.press('ArrowRight');
      await soon(() => expect(stage.fake.state.parameters.look).toBe('painterly'));
      await page.getByRole('combobox', { name: 'Camera' }).selectOption({ label: 'Photographs in a folder' });
      await soon(() => expect(stage.fake.state.parameters.camera).toBe('folder'));
      await page.getByRole('textbox', { name: 'Message' }).fill('Back at two o’clock');
      await page.keyboard.press('Enter');
      await soon(() => expect(stage.fake.state.parameters.message).toBe('Back at two o’clock'));
      expect(given('set').filter(({ key }) => key === 'message')).toHaveLength(1);
    });

    it('follow what OSC or another tablet changes', async () => {
      const page = await desk();
      await go(page, 'Controls');
      stage.fake.setParameter('pace', 300);
      await soon(async () => expect(await slider(page, 'Pace').getAttribute('aria-valuetext')).toBe('300 s'));
    });
  });

  it('shows the chain, and deletes a face only when asked twice', async () => {
    obey();
    const page = await desk();
    stage.fake.change({ chain: sampleChain(30) });
    await go(page, 'Chain');
    await page.getByRole('button', { name: 'Visitor 29' }).click();
    const dialog = page.getByRole('dialog', { name: 'Visitor 29' });
    await dialog.getByRole('img', { name: 'The face of visitor 29' }).waitFor();
    await audit(page, 'curator-face');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    expect(given('chain.forget')).toEqual([]);
    await dialog.getByRole('button', { name: 'For good?' }).click();
    await soon(() => expect(given('chain.forget')).toEqual([{ type: 'chain.forget', face: 'face-0029' }]));
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Visitor 29' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Visitor 30' }).click();
    await page.getByRole('button', { name: '← Before' }).click();
    await page.getByRole('dialog', { name: 'Visitor 28' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  describe('its mapping editor', () => {
    const open = async (options: Parameters<TabletStage['open']>[1] = {}) => {
      obey();
      const page = await desk(options);
      await go(page, 'Displays');
      await page.getByRole('button', { name: 'Mapping' }).first().click();
      await page.getByRole('heading', { name: 'Mapping of “main”' }).waitFor();
      return page;
    };
    const corner = (page: Page, name = 'Top left corner') => page.getByRole('button', { name: new RegExp(`^${name}`) });
    const mapping = () => stage.fake.state.mappings.main ?? identityMapping;

    it('moves corners and knots under the finger, on a touch screen', async () => {
      const page = await open({ hasTouch: true });
      const touch = async (name: string, dx: number, dy: number) => {
        const handle = corner(page, name);
        await handle.scrollIntoViewIfNeeded();
        const box = await handle.boundingBox();
        if (!box) throw new Error(`There is no “${name}”.`);
        expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const client = await page.context().newCDPSession(page);
        const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: { x: number; y: number }[]) =>
          client.send('Input.dispatchTouchEvent', { type, touchPoints: points });
        await send('touchStart', [{ x, y }]);
        for (let i = 1; i <= 5; i++) await send('touchMove', [{ x: x + (dx * i) / 5, y: y + (dy * i) / 5 }]);
        await send('touchEnd', []);
      };
      const stageWidth = (await page.locator('.stage').boundingBox())?.width ?? 0;
      await touch('Top left corner', 60, 40);
      // The editor shows the screen and a margin of 7 % around it.
      await soon(() => expect(mapping().corners[0].x).toBeCloseTo((60 / stageWidth) * 1.14, 2));
      expect(mapping().corners[0].y).toBeGreaterThan(0.05);
      const columns = page.getByRole('slider', { name: 'Columns' });
      await columns.focus();
      await page.keyboard.press('ArrowRight');
      await soon(() => expect(mapping().grid.columns).toBe(2));
      await touch('Knot in row 1, column 2', 0, 30);
      await soon(() => expect(mapping().grid.offsets[1].y).toBeGreaterThan(0.02));
      expect(validateMapping(mapping()).ok).toBe(true);
      await audit(page, 'curator-mapping');
    });

    it('moves by the pixel with arrow keys and buttons, and undoes it', async () => {
      const page = await open();
      await corner(page).focus();
      await page.keyboard.press('ArrowRight');
      await soon(() => expect(mapping().corners[0].x).toBeCloseTo(1 / 1_920, 9));
      await page.keyboard.press('Shift+ArrowDown');
      await soon(() => expect(mapping().corners[0].y).toBeCloseTo(10 / 1_080, 9));
      await page.getByRole('button', { name: 'Top left corner, 1, 10 px' }).waitFor();
      await page.getByRole('button', { name: 'One pixel to the right' }).click();
      await soon(() => expect(mapping().corners[0].x).toBeCloseTo(2 / 1_920, 9));
      for (let i = 0; i < 3; i++) await page.getByRole('button', { name: 'Undo' }).click();
      await soon(() => expect(mapping()).toEqual(identityMapping));
    });

    it('cannot make what a display could not draw', async () => {
      const page = await open();
      const from = await corner(page).boundingBox();
      const to = await corner(page, 'Bottom right corner').boundingBox();
      if (!from || !to) throw new Error('There are no corners.');
      await page.mouse.move(from.x + 24, from.y + 24);
      await page.mouse.down();
      await page.mouse.move(to.x + 60, to.y + 60, { steps: 12 });
      await page.mouse.up();
      await pause(300);
      for (const { mapping: sent } of given('mapping.set')) expect(validateMapping(sent).ok).toBe(true);
    });

    it('turns, mirrors, softens edges, shows the test pattern, and is reset', async () => {
      const page = await open();
      await page.getByRole('button', { name: '90°', exact: true }).click();
      await page.getByRole('switch', { name: 'Mirror' }).click();
      await page.getByRole('textbox', { name: /^Left/ }).fill('0,1');
      await page.keyboard.press('Enter');
      await soon(() => expect(mapping()).toMatchObject({ rotation: 90, mirror: true, softEdges: { left: 0.1 } }));
      await page.getByRole('switch', { name: 'Test pattern' }).click();
      await soon(() => expect(stage.fake.state.parameters.testPattern).toBe(true));
      await page.getByRole('button', { name: 'Reset', exact: true }).click();
      await page.getByRole('button', { name: 'Reset, really?' }).click();
      await soon(() => expect(given('mapping.reset')).toEqual([{ type: 'mapping.reset', display: 'main' }]));
      await page.getByRole('switch', { name: 'Mirror' }).and(page.locator(':not(:checked)')).waitFor();
    });
  });

  it('saves, recalls and deletes presets', async () => {
    const page = await desk();
    await go(page, 'Presets');
    await page.getByText('Would change Pace to 120 s, Brightness to 0.80, Look to Painterly.').waitFor();
    await page.getByRole('button', { name: 'Recall' }).click();
    await acknowledged(page, 'Recall “Evening” done');
    await page.getByRole('textbox', { name: 'Name of the preset' }).fill('  Night ');
    await page.keyboard.press('Enter');
    await soon(() => expect(given('preset.save')).toEqual([{ type: 'preset.save', name: 'Night' }]));
    await page.getByRole('textbox', { name: 'Name of the preset' }).fill('Evening');
    await page.getByRole('button', { name: 'Replace' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete, really?' }).click();
    await soon(() => expect(given('preset.delete')).toEqual([{ type: 'preset.delete', name: 'Evening' }]));
  });

  it('goes through its tabs with the arrow keys', async () => {
    const page = await desk();
    await page.getByRole('tab', { name: 'Now' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'Controls' }).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('tabpanel', { name: 'Log' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'Now' }).waitFor();
  });

  it('keeps the log', async () => {
    const page = await desk();
    await go(page, 'Log');
    stage.fake.log({ at: Date.now(), level: 'error', message: 'The engine was restarted <b>twice</b>.' });
    await page.getByText('The engine was restarted <b>twice</b>.').waitFor();
    await page.getByText('Visitor 8 has arrived.').waitFor();
    await page.getByRole('switch', { name: 'Only warnings and errors' }).click();
    await page.getByText('Visitor 8 has arrived.').waitFor({ state: 'detached' });
  });

  it('says when it is cut off, changes nothing then, and comes back', async () => {
    const page = await desk();
    await go(page, 'Controls');
    stage.fake.refusal = { code: 'failed', reason: 'Starting.' };
    stage.fake.cut();
    await page.getByText('The connection is lost.').waitFor();
    await page.getByRole('slider', { name: 'Pace' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('alert').getByText('There is no connection to the server. Nothing was changed.').waitFor();
    stage.fake.refusal = null;
    await page.getByText('The connection is lost.').waitFor({ state: 'detached' });
    await pause(200);
    expect(given('set')).toEqual([]);
    // Still in the same place, with the server's value.
    expect(await page.getByRole('textbox', { name: /^Pace/ }).inputValue()).toBe('60');
  });
});

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleState } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { acknowledged, givenOf, goTo, obey, openDesk } from './curator-desk.ts';
import { pause, soon, TabletStage } from './tablet-stage.ts';

describe.skipIf(browserMissing)('the curator’s controls', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

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
    const page = await openDesk(stage);
    await goTo(page, 'Controls');
    for (const { key, label, type } of sampleState().descriptions) {
      if (key === 'freeze' || key === 'blackout') continue;
      const role = { number: 'slider', boolean: 'switch', text: 'textbox', choice: null }[type];
      if (role) await page.getByRole(role as 'slider', { name: label, exact: true }).waitFor();
      else await page.locator('fieldset, .control', { hasText: label }).first().waitFor();
    }
  });

  it('follow a drag, and end where it ends', async () => {
    obey(stage);
    const page = await openDesk(stage);
    await goTo(page, 'Controls');
    await drag(page, 'Brightness', 0.3);
    await soon(() => expect(stage.fake.state.parameters.brightness).toBeCloseTo(0.3, 1));
    await acknowledged(page, 'Brightness');
    // The last of the drag's values may still be on its way.
    await soon(async () => {
      const values = givenOf(stage, 'set').map(({ value }) => value as number);
      expect(Math.abs((values.at(-1) ?? 0) - 0.3)).toBeLessThan(0.03);
      expect(values.at(-1)).toBe(stage.fake.state.parameters.brightness);
      const shown = await page.getByRole('textbox', { name: /^Brightness/ }).inputValue();
      expect(Number(shown)).toBe(values.at(-1));
    });
    await page.getByRole('button', { name: 'Brightness: back to 1.00' }).click();
    await soon(() => expect(stage.fake.state.parameters.brightness).toBe(1));
  });

  it('of two curators follow each other, and do not fight over a slider that is held', async () => {
    obey(stage);
    const one = await openDesk(stage);
    const two = await openDesk(stage);
    await goTo(one, 'Controls');
    await goTo(two, 'Controls');
    await drag(one, 'Brightness', 0.5);
    const shown = (page: Page) => page.getByRole('textbox', { name: /^Brightness/ }).inputValue();
    await soon(async () => expect(await shown(two)).toBe(await shown(one)));

    await drag(one, 'Brightness', 0.2, false);
    await soon(() => expect(stage.fake.state.parameters.brightness).toBeCloseTo(0.2, 1));
    const held = await shown(one);
    // The last of the drag's values is still on its way when the one before is near enough: what follows must come later.
    await soon(() => expect(stage.fake.state.parameters.brightness.toFixed(2)).toBe(held));
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
    const page = await openDesk(stage);
    await goTo(page, 'Controls');
    await slider(page, 'Pace').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('alert').getByText('Pace: 61 s refused: The projector does not like that.').waitFor();
    await soon(async () => expect(await page.getByRole('textbox', { name: /^Pace/ }).inputValue()).toBe('60'));
  });

  it('can be set by keyboard: arrows, typed numbers, switches, choices, words', async () => {
    obey(stage);
    const page = await openDesk(stage);
    await goTo(page, 'Controls');
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
    expect(givenOf(stage, 'set').filter(({ key }) => key === 'message')).toHaveLength(1);
  });

  it('follow what OSC or another tablet changes', async () => {
    const page = await openDesk(stage);
    await goTo(page, 'Controls');
    stage.fake.setParameter('pace', 300);
    await soon(async () => expect(await slider(page, 'Pace').getAttribute('aria-valuetext')).toBe('300 s'));
  });
});

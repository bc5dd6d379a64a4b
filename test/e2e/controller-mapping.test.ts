import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { identityMapping, validateMapping } from '../../server/protocol/mapping.ts';
import { browserMissing } from './browser.ts';
import { givenOf, goTo, obey, openDesk } from './curator-desk.ts';
import { audit, clipped, pause, sizes, soon, TabletStage } from './tablet-stage.ts';

describe.skipIf(browserMissing)('the curator’s mapping editor', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  const open = async (options: Parameters<TabletStage['open']>[1] = {}) => {
    obey(stage);
    const page = await openDesk(stage, options);
    await goTo(page, 'Displays');
    await page.getByRole('button', { name: 'Mapping' }).first().click();
    await page.getByRole('heading', { name: 'Mapping of “main”' }).waitFor();
    return page;
  };
  const corner = (page: Page, name = 'Top left corner') => page.getByRole('button', { name: new RegExp(`^${name}`) });
  const mapping = () => stage.fake.state.mappings.main ?? identityMapping;

  it('stands beside a small picture of the whole display', async () => {
    for (const size of ['landscape', 'portrait', 'phone'] as const) {
      const page = await openDesk(stage, { viewport: sizes[size] });
      await goTo(page, 'Displays');
      await page.locator('.thumbnail img').first().waitFor();
      expect(await clipped(page, '.thumbnail img'), size).toBe(0);
    }
  });

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
    for (const { mapping: sent } of givenOf(stage, 'mapping.set')) expect(validateMapping(sent).ok).toBe(true);
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
    await soon(() => expect(givenOf(stage, 'mapping.reset')).toEqual([{ type: 'mapping.reset', display: 'main' }]));
    await page.getByRole('switch', { name: 'Mirror' }).and(page.locator(':not(:checked)')).waitFor();
  });
});

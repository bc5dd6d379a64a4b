import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleChain, sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { acknowledged, enterPin, givenOf, goTo, obey, openDesk, type Tab } from './curator-desk.ts';
import { audit, overhang, pause, sizes, soon, TabletStage } from './tablet-stage.ts';

const tabs: readonly Tab[] = ['Now', 'Controls', 'Chain', 'Displays', 'Devices', 'Presets', 'Log'];

describe.skipIf(browserMissing)('the curator’s tablet', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

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
      await enterPin(page, '0000');
      await page.getByRole('alert').getByText('That is not the PIN.').waitFor();
      await soon(async () => expect(await field.inputValue()).toBe(''));
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      await audit(page, 'curator-gate-wrong');
      stage.fake.refusal = { code: 'rate-limited', reason: 'Wait.', retryAfter: 20 };
      await enterPin(page, '1111');
      await page.getByText('Too many tries. Please wait 20 seconds.').waitFor();
      expect(stage.fake.tries).toBe(2);
      stage.fake.refusal = null;
      await enterPin(page, stage.fake.pin);
      await page.getByRole('tablist').waitFor();
    });

    it('says that the server is not reached, and opens once it is', async () => {
      const page = await stage.open('/curator');
      await page.context().setOffline(true);
      await enterPin(page, stage.fake.pin);
      await page.getByRole('alert').getByText('The server is not reached.').waitFor();
      await audit(page, 'curator-gate-away');
      await page.context().setOffline(false);
      await page.getByRole('tablist').waitFor();
    });

    it('stays open over a reload of the tab, and shuts when told', async () => {
      const page = await openDesk(stage);
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
    const page = await openDesk(stage);
    busy();
    for (const size of ['landscape', 'portrait', 'narrow'] as const) {
      await page.setViewportSize(sizes[size]);
      for (const tab of tabs) {
        await goTo(page, tab);
        await page.getByRole('tabpanel', { name: tab }).waitFor();
        expect(await overhang(page), `${tab} ${size}`).toBe(0);
        await audit(page, `curator-${tab.toLowerCase()}-${size}`);
      }
    }
  }, 120_000);

  it('tells what is going on', async () => {
    const page = await openDesk(stage);
    await page.getByText('Nobody is there', { exact: true }).waitFor();
    busy();
    const wall = page.getByRole('region', { name: 'The wall' });
    await wall.getByText('Becoming', { exact: true }).waitFor();
    await wall.getByText(/Face 9 · 0:4\d/).waitFor();
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
    await soon(() => expect(givenOf(stage, 'queue.leave')).toEqual([{ type: 'queue.leave', ticket: 12 }]));
  });

  it('asks before it darkens the room or ends a visit, and never before it gives the light back', async () => {
    obey(stage);
    const page = await openDesk(stage);
    busy();
    const blackout = page.getByRole('button', { name: 'Blackout' });
    await blackout.click();
    await page.getByRole('button', { name: 'Dark, really?' }).waitFor();
    expect(givenOf(stage, 'set')).toEqual([]);
    // A stray touch forgets itself.
    await blackout.waitFor({ timeout: 8_000 });
    await blackout.click();
    await page.getByRole('button', { name: 'Dark, really?' }).click();
    await soon(async () => expect(await blackout.getAttribute('aria-pressed')).toBe('true'));
    await acknowledged(page, 'Blackout: on done');
    await blackout.click();
    await soon(async () => expect(await blackout.getAttribute('aria-pressed')).toBe('false'));
    await page.getByRole('button', { name: 'Skip' }).click();
    expect(givenOf(stage, 'skip')).toEqual([]);
    await page.getByRole('button', { name: 'Skip ahead, really?' }).click();
    await soon(() => expect(givenOf(stage, 'skip')).toHaveLength(1));
    await page.getByRole('button', { name: 'Attract' }).click();
    await page.getByRole('button', { name: 'End the visit?' }).click();
    await soon(() => expect(givenOf(stage, 'attract')).toHaveLength(1));
  });

  it('shows the chain, and deletes a face only when asked twice', async () => {
    obey(stage);
    const page = await openDesk(stage);
    stage.fake.change({ chain: sampleChain(30) });
    await goTo(page, 'Chain');
    await page.getByRole('button', { name: 'Face 29' }).click();
    const dialog = page.getByRole('dialog', { name: 'Face 29' });
    await dialog.getByRole('img', { name: 'Face 29' }).waitFor();
    await audit(page, 'curator-face');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    expect(givenOf(stage, 'chain.forget')).toEqual([]);
    await dialog.getByRole('button', { name: 'For good?' }).click();
    await soon(() => expect(givenOf(stage, 'chain.forget')).toEqual([{ type: 'chain.forget', face: 'face-0029' }]));
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Face 29' }).count()).toBe(0);
    // What held the focus is gone: it goes on with the next face.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Face 28');
    await page.getByRole('button', { name: 'Face 30' }).click();
    await page.getByRole('button', { name: '← Before' }).click();
    await page.getByRole('dialog', { name: 'Face 28' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('asks whether the date is right, and deletes faces that cannot be read', async () => {
    obey(stage);
    const page = await openDesk(stage);
    const id = '000003-abcdefabcdef';
    stage.fake.change({ chain: [] });
    stage.fake.changeCurator({
      unreadable: [{ id, visitor: 3 }],
      clockJump: { from: Date.UTC(2026, 10, 30), to: Date.UTC(2041, 10, 26), faces: 12 },
    });
    await goTo(page, 'Chain');
    const question = page.getByRole('region', { name: 'Is the date right?' });
    await question.getByText('2041').first().waitFor();
    await audit(page, 'curator-chain-care');
    await question.getByRole('button', { name: 'The date is right' }).click();
    expect(givenOf(stage, 'chain.confirmClock')).toEqual([]);
    await question.getByRole('button', { name: 'Delete 12 faces for good?' }).click();
    await soon(() => expect(givenOf(stage, 'chain.confirmClock')).toHaveLength(1));
    const unreadable = page.getByRole('region', { name: 'Faces that cannot be read' });
    await unreadable.getByText(id).waitFor();
    await unreadable.getByRole('button', { name: 'Delete' }).click();
    await unreadable.getByRole('button', { name: 'For good?' }).click();
    await soon(() => expect(givenOf(stage, 'chain.forget')).toEqual([{ type: 'chain.forget', face: id }]));
    stage.fake.changeCurator({ unreadable: [], clockJump: null });
    await unreadable.waitFor({ state: 'detached' });
  });

  it('finds the faces of a long chain by their number, and page by page, and deletes them', async () => {
    const all = sampleChain(1_200);
    stage.fake.answer = ({ command }) => {
      if (command.type !== 'chain.find') return { status: 'done' };
      const faces = all.filter(({ visitor }) => visitor <= command.visitor).slice(-500);
      return { status: 'done', faces };
    };
    const page = await openDesk(stage);
    stage.fake.change({ chain: all.slice(-500) });
    await goTo(page, 'Chain');
    const panel = page.getByRole('tabpanel', { name: 'Chain' });
    const older = panel.getByRole('button', { name: 'Older faces' });
    const newest = panel.getByRole('button', { name: 'Newest faces' });
    await panel.getByRole('button', { name: 'Face 701', exact: true }).waitFor();
    await older.focus();
    await page.keyboard.press('Enter');
    await panel.getByRole('status').getByText('Faces up to number 700.').waitFor();
    await page.keyboard.press('Enter');
    await panel.getByRole('list', { name: '200 faces, the newest first' }).waitFor();
    expect(await older.getAttribute('aria-disabled')).toBe('true');
    await audit(page, 'curator-chain-older');

    await panel.getByLabel('Number of the face').fill('42');
    await page.keyboard.press('Enter');
    await panel.getByRole('status').getByText('Faces up to number 42.').waitFor();
    await acknowledged(page, 'Faces up to number 42 done');
    await panel.getByRole('button', { name: 'Face 42', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Face 42' });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByRole('button', { name: 'For good?' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(givenOf(stage, 'chain.forget')).toEqual([{ type: 'chain.forget', face: 'face-0042' }]);
    await panel.getByRole('list', { name: '41 faces, the newest first' }).waitFor();
    await newest.click();
    await panel.getByRole('button', { name: 'Face 1200', exact: true }).waitFor();
  });

  it('saves, recalls and deletes presets', async () => {
    const page = await openDesk(stage);
    await goTo(page, 'Presets');
    await page.getByText('Would change Pace to 120 s, Brightness to 0.80, Look to Painterly.').waitFor();
    await page.getByRole('button', { name: 'Recall' }).click();
    await acknowledged(page, 'Recall “Evening” done');
    await page.getByRole('textbox', { name: 'Name of the preset' }).fill('  Night ');
    await page.keyboard.press('Enter');
    await soon(() => expect(givenOf(stage, 'preset.save')).toEqual([{ type: 'preset.save', name: 'Night' }]));
    await page.getByRole('textbox', { name: 'Name of the preset' }).fill('Evening');
    await page.getByRole('button', { name: 'Replace' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete, really?' }).click();
    await soon(() => expect(givenOf(stage, 'preset.delete')).toEqual([{ type: 'preset.delete', name: 'Evening' }]));
  });

  it('goes through its tabs with the arrow keys', async () => {
    const page = await openDesk(stage);
    await page.getByRole('tab', { name: 'Now' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'Controls' }).waitFor();
    await page.keyboard.press('End');
    await page.getByRole('tabpanel', { name: 'Log' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tabpanel', { name: 'Now' }).waitFor();
  });

  it('keeps the log', async () => {
    const page = await openDesk(stage);
    await goTo(page, 'Log');
    stage.fake.log({ at: Date.now(), level: 'error', message: 'The engine was restarted <b>twice</b>.' });
    await page.getByText('The engine was restarted <b>twice</b>.').waitFor();
    await page.getByText('Face 8 has arrived.').waitFor();
    await page.getByRole('switch', { name: 'Only warnings and errors' }).click();
    await page.getByText('Face 8 has arrived.').waitFor({ state: 'detached' });
  });

  it('says when it is cut off, changes nothing then, and comes back', async () => {
    const page = await openDesk(stage);
    await goTo(page, 'Controls');
    stage.fake.refusal = { code: 'failed', reason: 'Starting.' };
    stage.fake.cut();
    await page.getByText('The connection is lost.').waitFor();
    await page.getByRole('slider', { name: 'Pace' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('alert').getByText('There is no connection to the server. Nothing was changed.').waitFor();
    stage.fake.refusal = null;
    await page.getByText('The connection is lost.').waitFor({ state: 'detached' });
    await pause(200);
    expect(givenOf(stage, 'set')).toEqual([]);
    // Still in the same place, with the server's value.
    expect(await page.getByRole('textbox', { name: /^Pace/ }).inputValue()).toBe('60');
  });
});

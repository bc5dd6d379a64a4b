import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InstallationState, Visit } from '../../server/protocol/snapshot.ts';
import { sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { scan } from './qr-code.ts';
import { audit, heading, pause, press, soon, TabletStage } from './tablet-stage.ts';

const link = 'https://faces.museum.example/receipt/4f7c2b9ad1e84b6f93c0';
const farewell = { visitor: 8, receipt: '/receipt/a', receiptLink: link, until: Date.now() + 600_000 };

describe.skipIf(browserMissing)('the code that stays on the visitors’ tablet after the visit', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  const change = (changes: Partial<InstallationState>) => stage.fake.change(changes);
  const visit = (changes: Partial<Visit> = {}) => sampleVisit(changes);
  const given = () => stage.fake.given.map(({ command }) => command);

  it('leaves the last visitor their code while the next is called', async () => {
    const page = await stage.open('/visitor');
    change({
      farewell,
      state: 'greet',
      visit: visit({ mine: false, ticket: 12 }),
      queue: { waiting: [], called: 12, full: false },
    });
    await heading(page, 'There you are');
    await page.getByRole('alert').getByText('Number 12, it is your turn').waitFor();
    // Screens fade in.
    await soon(async () => expect(await scan(await page.screenshot())).toBe(`${link}?language=en`));
    await press(page, 'Done');
    await heading(page, 'Number 12, it is your turn');
  });

  it('warns before the code goes, and keeps it for whoever touches the page or is about to delete their face', async () => {
    const page = await stage.open('/visitor');
    const soonGone = () => ({ farewell: { ...farewell, until: Date.now() + 4_000 } });
    stage.fake.answer = ({ command }) => {
      if (command.type === 'stay') change(soonGone());
      return { status: 'done' };
    };
    change(soonGone());
    const warning = page.getByText(/In \d s your code goes/).first();
    await warning.waitFor();
    await audit(page, 'visitor-code-going');
    expect(given()).toEqual([]);
    await page.getByRole('heading', { name: 'There you are' }).click();
    await soon(() => expect(given()).toEqual([{ type: 'stay' }]));
    await press(page, 'Delete my face');
    await page.getByRole('dialog').waitFor();
    const { length } = given();
    await soon(() => expect(given().length).toBeGreaterThan(length + 1));
    await page.keyboard.press('Escape');
    const queue = { waiting: [], called: 12, full: false };
    change({ ...soonGone(), state: 'greet', visit: visit({ mine: false, ticket: 12 }), queue });
    await page
      .getByText(/In \d s the piece moves on/)
      .first()
      .waitFor();
    expect(await page.locator('button.main').allTextContents()).toEqual(['That is me']);
    stage.fake.given.length = 0;
    await page.getByRole('heading', { name: 'There you are' }).click();
    await pause(200);
    expect(given()).toEqual([]);
  });

  it('deletes a face at once for those who have no phone, after asking', async () => {
    const page = await stage.open('/visitor');
    change({ farewell });
    await press(page, 'Delete my face');
    const dialog = page.getByRole('dialog', { name: /Delete it for good/ });
    await dialog.getByRole('button', { name: 'Back', exact: true }).click();
    expect(stage.fake.forgotten).toEqual([]);
    await press(page, 'Delete my face');
    await audit(page, 'visitor-forgetting');
    await dialog.getByRole('button', { name: 'Delete my face' }).click();
    await page.getByText('Your face has been deleted.').waitFor();
    expect(stage.fake.forgotten).toEqual(['/receipt/a/forget']);
    expect(await scan(await page.screenshot())).toBeUndefined();
  });
});

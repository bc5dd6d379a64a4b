import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Command, CommandAnswer } from '../../server/protocol/commands.ts';
import type { InstallationState, Visit } from '../../server/protocol/snapshot.ts';
import { sampleState, sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { filmMark } from './pictures.ts';
import { scan } from './qr-code.ts';
import { audit, clipped, heading, overhang, pause, press, redAt, sizes, soon, TabletStage } from './tablet-stage.ts';

const link = 'https://faces.museum.example/receipt/4f7c2b9ad1e84b6f93c0';
const farewell = { visitor: 8, receipt: '/receipt/a', receiptLink: link, until: Date.now() + 600_000 };
const waiting = [
  { ticket: 12, place: 1, wait: 90 },
  { ticket: 13, place: 2, wait: 180 },
];

describe.skipIf(browserMissing)('the visitors’ tablet', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  const change = (changes: Partial<InstallationState>) => stage.fake.change(changes);
  const visit = (changes: Partial<Visit> = {}) => sampleVisit(changes);
  const given = () => stage.fake.given.map(({ command }) => command);

  /** Answers as a real installation would, and goes on. */
  function play(): void {
    const next: Partial<Record<Command['type'], Partial<InstallationState>>> = {
      begin: { state: 'greet', visit: visit() },
      consent: { state: 'framing', visit: visit({ hints: ['closer'] }) },
      capture: { state: 'countdown', visit: visit() },
      keep: {
        state: 'becoming',
        visit: visit({ visitor: 8, receipt: '/receipt/a', receiptLink: link }),
      },
      leave: { state: 'attract', visit: null },
    };
    stage.fake.answer = ({ command }): CommandAnswer => {
      const until = command.type === 'capture' ? Date.now() + 1_500 : null;
      change({ since: Date.now(), until, ...next[command.type] });
      return { status: 'done' };
    };
  }

  it('leads through a whole visit', async () => {
    play();
    const page = await stage.open('/visitor', { reducedMotion: 'no-preference' });
    const { fake } = stage;
    await heading(page, 'Become the next face');
    await soon(() => expect(fake.streams.reports).toEqual([{ type: 'ready', ...anyCamera }]));
    await audit(page, 'visitor-attract');

    await press(page, 'Begin');
    await heading(page, 'Hello');
    await audit(page, 'visitor-consent');
    await press(page, 'Yes, I agree');
    expect(given().at(-1)).toEqual({ type: 'consent', language: 'en' });

    await heading(page, 'Look into the camera');
    fake.streams.order({ type: 'start', fps: 10, side: 320 });
    await soon(() => expect(fake.streams.pictures.length).toBeGreaterThan(2));
    expect(fake.streams.pictures[0].header).toMatchObject({
      kind: 'preview',
      encoding: 'jpeg',
      width: 320,
      height: 240,
    });
    await page.getByText('Come a little closer').waitFor();
    await audit(page, 'visitor-framing');
    change({ visit: visit({ hints: ['ready'] }) });
    await page.getByText('Lovely. Ready when you are').waitFor();
    await audit(page, 'visitor-ready');

    await press(page, 'Take my portrait');
    await heading(page, 'Hold still');
    await page.getByRole('timer').getByText('1').waitFor();
    fake.streams.order({ type: 'stop' });
    change({ state: 'review', visit: visit(), until: null });
    await heading(page, 'One moment');
    fake.streams.order({ type: 'still', id: 41, side: 4_096 });
    const still = await soonFound(() => fake.streams.pictures.find(({ header }) => header.kind === 'still'));
    expect(still.header).toMatchObject({ sequence: 41, width: 1_280, height: 960 });
    expect(await redAt(still.payload, filmMark.left)).toBe(true);

    change({ visit: visit({ portrait: '/portrait/5' }), until: Date.now() + 9_000 });
    await heading(page, 'Is this you?');
    await page
      .getByText(/Still there\? In \d+ s/)
      .first()
      .waitFor();
    await audit(page, 'visitor-review');
    await press(page, 'Keep it');

    await heading(page, 'Look at the wall');
    const progress = { step: 40, steps: 120, done: 0.37, secondsLeft: 42, likeness: 0.4, loss: 0.3 };
    change({ visit: visit({ visitor: 8, receipt: '/receipt/a', receiptLink: link, progress }) });
    await page.getByText('42 s to go').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('37');
    await audit(page, 'visitor-becoming');

    change({ state: 'arrived', visit: visit({ visitor: 8, receipt: '/receipt/a', receiptLink: link }) });
    await heading(page, 'There you are');
    await audit(page, 'visitor-arrived');
    await soon(async () => expect(await scan(await page.screenshot())).toBe(`${link}?language=en`));
    await press(page, 'Done');
    await heading(page, 'Become the next face');
    expect(given().map(({ type }) => type)).toEqual(['begin', 'consent', 'capture', 'keep', 'leave']);
  });

  it('can be walked away from at any point', async () => {
    const page = await stage.open('/visitor');
    const ways = {
      greet: 'No, thank you',
      framing: 'Leave',
      countdown: 'Leave',
      review: 'Leave',
      becoming: 'Stop and leave',
    } as const;
    for (const [state, button] of Object.entries(ways)) {
      const name = state as keyof typeof ways;
      change({ state: name, visit: visit({ portrait: '/portrait/5', visitor: 8 }), until: Date.now() + 60_000 });
      await press(page, button);
      if (name === 'becoming') await page.getByRole('dialog').getByRole('button', { name: button }).click();
      await soon(() => expect(given().at(-1)).toEqual({ type: 'leave' }));
      stage.fake.given.length = 0;
    }
    // And stopping a becoming can be thought better of.
    await press(page, 'Stop and leave');
    await audit(page, 'visitor-leaving');
    await press(page, 'Stay');
    await pause(100);
    expect(given()).toEqual([]);
  });

  it('speaks three languages, and the document says which', async () => {
    const page = await stage.open('/visitor');
    for (const [language, code, words] of [
      ['Deutsch', 'de', 'Werden Sie das nächste Gesicht'],
      ['Français', 'fr', 'Devenez le prochain visage'],
      ['English', 'en', 'Become the next face'],
    ] as const) {
      await press(page, language);
      await heading(page, words);
      expect(await page.getAttribute('html', 'lang')).toBe(code);
    }
    await press(page, 'Français');
    change({ state: 'greet', visit: visit() });
    await press(page, 'Oui, j’accepte');
    await soon(() => expect(given().at(-1)).toEqual({ type: 'consent', language: 'fr' }));
    change({ settings: { ...sampleState().settings, portraitsKept: true } });
    await page.getByText('Votre photo est conservée avec le visage.').waitFor();
  });

  it('fits every screen on tablets and phones, in the longest language too', async () => {
    const becoming = visit({ visitor: 8, progress: null });
    const screens: Record<string, Partial<InstallationState>> = {
      resting: { trouble: 'closed' },
      busy: { state: 'becoming', visit: visit({ mine: false }), queue: { waiting, called: null, full: false } },
      called: { state: 'greet', visit: visit({ mine: false }), queue: { waiting, called: 11, full: false } },
      consent: { state: 'greet', visit: visit({ ticket: 11, beside: true }) },
      review: { state: 'review', visit: visit({ portrait: '/portrait/5' }) },
      becoming: { state: 'becoming', visit: becoming, queue: { waiting, called: null, full: true } },
      farewell: {
        farewell,
        state: 'greet',
        visit: visit({ mine: false }),
        queue: { waiting, called: 11, full: false },
      },
    };
    for (const [size, viewport] of Object.entries(sizes)) {
      const page = await stage.open('/visitor', { viewport });
      await press(page, 'Deutsch');
      for (const [name, changes] of Object.entries(screens)) {
        stage.fake.change({ ...sampleState(), ...changes });
        await page.locator(`[data-screen=${name === 'farewell' ? 'arrived' : name}]`).waitFor();
        expect(await overhang(page), `${name} ${size}`).toBe(0);
        if (size === 'portrait' || size === 'narrow') await audit(page, `visitor-${name}-${size}-de`);
        if (size !== 'narrow' && size !== 'phone') {
          expect(await clipped(page, '.mirror'), `${name} ${size}`).toBe(0);
          const main = page.locator('button.main').first();
          const box = (await main.count()) ? await main.boundingBox() : null;
          if (box) expect(box.y + box.height, `${name} ${size}`).toBeLessThanOrEqual(viewport.height);
          if (box) expect(box.height, `${name} ${size}`).toBeGreaterThan(55);
        }
      }
      await page.context().close();
    }
  }, 120_000);

  it('can be used by keyboard and screen reader alone', async () => {
    play();
    const page = await stage.open('/visitor');
    const reach = async (name: string) => {
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press('Tab');
        const reached = await page.evaluate(() => document.activeElement?.textContent?.trim());
        if (reached === name) return page.keyboard.press('Enter');
      }
      throw new Error(`“${name}” was not reached by Tab.`);
    };
    const focused = () => page.evaluate(() => document.activeElement?.tagName);
    await heading(page, 'Become the next face');
    await reach('Begin');
    await heading(page, 'Hello');
    // A new screen begins at its heading.
    await soon(async () => expect(await focused()).toBe('H1'));
    await reach('Yes, I agree');
    await heading(page, 'Look into the camera');
    await soon(async () => expect(await focused()).toBe('H1'));
    // Hints are said as they change; why there was no portrait is said at once.
    change({ visit: visit({ hints: ['further'] }) });
    await page.getByRole('status').getByText('A little further back').waitFor();
    change({ visit: visit({ hints: ['ready'], problem: { code: 'blurred', message: '' } }) });
    await page.getByRole('status').getByText('Lovely. Ready when you are').waitFor();
    await page.getByRole('alert').getByText('The picture was blurred.').waitFor();
    await reach('Take my portrait');
    await heading(page, 'Hold still');
    // The countdown is read out number by number, before anything else.
    const timer = page.getByRole('timer');
    expect(await timer.getAttribute('aria-live')).toBe('assertive');
    change({ until: Date.now() + 20_000 });
    await timer.getByText('20').waitFor();
    await audit(page, 'visitor-countdown');
    await timer.getByText('19').waitFor();
    change({ state: 'review', visit: visit({ portrait: '/portrait/5' }), until: Date.now() + 9_000 });
    await heading(page, 'Is this you?');
    await soon(async () => expect(await focused()).toBe('H1'));
    // That time runs out is said as well, but not every second.
    await page
      .getByRole('status')
      .getByText(/In (10|5) s the piece moves on/)
      .waitFor();
    await reach('Keep it');
    await heading(page, 'Look at the wall');
    await soon(async () => expect(await focused()).toBe('H1'));
    await reach('Stop and leave');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // The focus comes back to where it was.
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Stop and leave');
    change({ state: 'arrived', visit: visit({ visitor: 8, receipt: '/receipt/a', receiptLink: link }) });
    await heading(page, 'There you are');
    await soon(async () => expect(await focused()).toBe('H1'));
    await reach('Done');
    await heading(page, 'Become the next face');
    expect(given().map(({ type }) => type)).toEqual(['begin', 'consent', 'capture', 'keep', 'leave']);
  });

  it('moves little for those who wish so', async () => {
    const page = await stage.open('/visitor', { reducedMotion: 'reduce' });
    await heading(page, 'Become the next face');
    const longest = await page.evaluate(() =>
      Math.max(0, ...document.getAnimations().map(({ effect }) => Number(effect?.getComputedTiming().duration ?? 0))),
    );
    expect(longest).toBeLessThanOrEqual(1);
  });

  describe('the queue', () => {
    it('gives numbers, calls them, and lets them be given back', async () => {
      const queue = { waiting: waiting.slice(0, 1), called: null, full: false };
      const page = await stage.open('/visitor');
      change({ state: 'becoming', visit: visit({ mine: false }), queue });
      stage.fake.answer = ({ command }) => {
        if (command.type !== 'queue.join') return { status: 'done' };
        change({ queue: { ...queue, waiting } });
        return { status: 'done', ticket: 13 };
      };
      await press(page, 'Take a number');
      const dialog = page.getByRole('dialog', { name: 'Your number' });
      await dialog.getByText('13', { exact: true }).waitFor();
      await dialog.getByText('1 before you · About 3 min').waitFor();
      await audit(page, 'visitor-number');
      await dialog.getByRole('button', { name: 'Back', exact: true }).click();
      await page.getByRole('button', { name: '13', exact: true }).click();
      await dialog.getByRole('button', { name: 'Give my number back' }).click();
      await soon(() => expect(given().at(-1)).toEqual({ type: 'queue.leave', ticket: 13 }));

      change({
        state: 'greet',
        visit: visit({ mine: false, ticket: 12 }),
        queue: { waiting: [], called: 12, full: false },
      });
      await heading(page, 'Number 12, it is your turn');
      await press(page, 'That is me');
      await soon(() => expect(given().at(-1)).toEqual({ type: 'begin', ticket: 12 }));
    });

    it('puts a number away that was looked at, once somebody is called or nobody is there', async () => {
      const queue = { waiting, called: null, full: false };
      const page = await stage.open('/visitor', { before: shortIdle });
      change({ state: 'becoming', visit: visit({ mine: false }), queue });
      const number = page.getByRole('button', { name: '13', exact: true });
      const dialog = page.getByRole('dialog', { name: 'Your number' });
      await number.click();
      await dialog.waitFor();
      await dialog.waitFor({ state: 'detached' });
      await number.click();
      await dialog.waitFor();
      const called = { waiting: waiting.slice(1), called: 12, full: false };
      change({ state: 'greet', visit: visit({ mine: false, ticket: 12 }), queue: called });
      await heading(page, 'Number 12, it is your turn');
      expect(await dialog.count()).toBe(0);
      change({ state: 'becoming', visit: visit({ mine: false }), queue: { ...called, called: null } });
      await number.waitFor();
      await pause(200);
      expect(await dialog.count()).toBe(0);
    });
  });

  it('says that the picture is about to be taken where that happens by itself', async () => {
    const page = await stage.open('/visitor');
    const until = Date.now() + 5_000;
    change({ state: 'framing', visit: visit({ hints: ['ready'], captures: true }), until });
    await page.getByRole('status').getByText('Your picture is about to be taken').waitFor();
    expect(await page.locator('.warning[data-shown=true]').count()).toBe(0);
    await audit(page, 'visitor-captures');
    change({ visit: visit({ hints: ['closer'] }), until: Date.now() + 60_000 });
    await page.getByRole('status').getByText('Come a little closer').waitFor();
    change({ cameraDriver: 'device', trouble: 'camera' });
    await page.getByRole('alert').getByText('The camera is resting').waitFor();
    await audit(page, 'visitor-camera-resting');
  });
});

/** Makes the patience of a dialog a twentieth, before the page begins. */
function shortIdle(): void {
  const real = window.setTimeout.bind(window);
  const short = (wait = 0) => (wait === 20_000 ? wait / 20 : wait);
  Object.assign(window, { setTimeout: (action: () => void, wait?: number) => real(action, short(wait)) });
}

const anyCamera = { label: expect.any(String), width: 1_280, height: 960 };

async function soonFound<T>(find: () => T | undefined): Promise<T> {
  await soon(() => expect(find()).toBeDefined());
  return find() as T;
}

import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../server/protocol/commands.ts';
import type { InstallationState, Visit } from '../../server/protocol/snapshot.ts';
import { builtInTexts } from '../../server/protocol/texts.ts';
import { sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { scan } from './qr-code.ts';
import { silentProxyTo } from './silent-proxy.ts';
import { audit, heading, pause, press, soon, TabletStage } from './tablet-stage.ts';

describe.skipIf(browserMissing)('the visitors’ tablet in bad luck', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  const change = (changes: Partial<InstallationState>) => stage.fake.change(changes);
  const visit = (changes: Partial<Visit> = {}) => sampleVisit(changes);
  const given = () => stage.fake.given.map(({ command }) => command);

  it('keeps its place when the connection goes, and goes on when it comes back', async () => {
    const page = await stage.open('/visitor');
    change({ state: 'becoming', visit: visit({ visitor: 8 }) });
    await heading(page, 'Look at the wall');
    stage.fake.refusal = { code: 'failed', reason: 'Starting.' };
    stage.fake.cut();
    await page.getByText('One moment').waitFor();
    await heading(page, 'Look at the wall');
    await press(page, 'Stop and leave');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and leave' }).click();
    stage.fake.state = { ...stage.fake.state, state: 'arrived', visit: visit({ visitor: 8 }) };
    stage.fake.refusal = null;
    await heading(page, 'There you are');
    await page.getByText('One moment').waitFor({ state: 'detached' });
    // What was pressed in vain is not done later.
    expect(given()).toEqual([]);
  });

  it('lends its camera and shows the wall again after connections that died without a word', async () => {
    const network = await silentProxyTo(Number(new URL(stage.origin).port));
    const page = await stage.open('/visitor', { origin: network.origin });
    const { streams } = stage.fake;
    await soon(() => expect(streams.reports).toHaveLength(1));
    await soon(() => expect(streams.viewers.size).toBe(1));
    network.silence();
    // A question every five seconds, six for its answer.
    await expect.poll(() => streams.reports.length, { timeout: 30_000 }).toBe(2);
    await soon(() => expect(streams.viewers.size).toBe(2));
    change({ state: 'framing', visit: visit(), cameraDriver: 'device' });
    // And what is opened only now is not opened on the dead connection.
    await soon(() => expect([...streams.viewers].some(({ path }) => path === '/preview')).toBe(true));
    await page.context().close();
    await network.close();
  }, 60_000);

  it('lends its camera and shows the wall again where these connections died alone', async () => {
    const network = await silentProxyTo(Number(new URL(stage.origin).port));
    const page = await stage.open('/visitor', { origin: network.origin });
    const { streams } = stage.fake;
    await soon(() => expect(streams.reports).toHaveLength(1));
    await soon(() => expect(streams.viewers.size).toBe(1));
    const { tries } = stage.fake;
    network.silence(['/camera', '/frames']);
    await expect.poll(() => streams.reports.length, { timeout: 60_000 }).toBe(2);
    await expect.poll(() => streams.viewers.size, { timeout: 60_000 }).toBe(2);
    // The connection of control did not notice.
    expect(stage.fake.tries).toBe(tries);
    await page.context().close();
    await network.close();
  }, 150_000);

  describe('where the server comes back without the visit it was cut off from', () => {
    const kept = visit({ visitor: 8, receipt: '/receipt/kept', receiptLink: 'http://museum:8080/receipt/kept' });
    const gone = visit({ visitor: 9, receipt: '/receipt/gone', receiptLink: 'http://museum:8080/receipt/gone' });
    let picture: typeof stage.fake.picture;
    beforeAll(() => {
      picture = stage.fake.picture;
      stage.fake.picture = async (url) =>
        url.pathname === '/receipt/kept' ? { bytes: Buffer.from('Your face'), type: 'text/html' } : picture(url);
    });
    afterAll(() => {
      stage.fake.picture = picture;
    });

    /** A visit in whose middle the power goes, as its tablet sees it. */
    const cutOff = async (cut: Visit) => {
      const page = await stage.open('/visitor');
      change({ state: 'becoming', visit: cut, settings: { ...stage.fake.state.settings, arrivedPage: 6 } });
      await heading(page, 'Look at the wall');
      stage.fake.refusal = { code: 'failed', reason: 'Starting.' };
      stage.fake.cut();
      await page.getByText('One moment').waitFor();
      stage.fake.state = { ...stage.fake.state, state: 'attract', visit: null };
      return page;
    };

    it('shows the visitor their code for its time, also on a page that is loaded anew', async () => {
      const page = await cutOff(kept);
      stage.fake.refusal = null;
      await page.reload();
      await heading(page, 'There you are');
      await page.getByText('Face 8 is yours.').waitFor();
      await soon(async () =>
        expect(await scan(await page.screenshot())).toBe('http://museum:8080/receipt/kept?language=en'),
      );
      await page.reload();
      await heading(page, 'There you are');
      await heading(page, 'Become the next face');
      await page.reload();
      await heading(page, 'Become the next face');
      await pause(1_500);
      await heading(page, 'Become the next face');
    });

    it('shows nothing where the face was not kept', async () => {
      const page = await cutOff(gone);
      stage.fake.refusal = null;
      await heading(page, 'Become the next face');
      await pause(1_500);
      await heading(page, 'Become the next face');
    });
  });

  it('waits in the browser’s language for a server that is only starting', async () => {
    stage.fake.refusal = { code: 'failed', reason: 'Starting.' };
    const page = await stage.open('/visitor', { locale: 'de-CH' });
    await page.locator('[data-screen=connecting]').waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('de');
    await page.getByText('Einen Moment').first().waitFor();
    await audit(page, 'visitor-connecting-de');
    stage.fake.refusal = null;
    await heading(page, 'Become the next face');
  });

  it('says in the visitor’s language why there is no portrait', async () => {
    const page = await stage.open('/visitor');
    const problem = { code: 'too-dark' as const, message: 'The photograph: the face is too dark. Find more light.' };
    change({ state: 'framing', visit: visit({ problem }) });
    for (const [language, words] of [
      ['English', builtInTexts.en.problemTooDark],
      ['Deutsch', builtInTexts.de.problemTooDark],
      ['Français', builtInTexts.fr.problemTooDark],
    ] as const) {
      await press(page, language);
      await page.getByRole('alert').getByText(words).waitFor();
    }
    expect(await page.getByText('Find more light').count()).toBe(0);
    await audit(page, 'visitor-refused-fr');
  });

  it('sends a command once, however often an impatient finger taps, and says when it did not work', async () => {
    let answer: (answer: CommandAnswer) => void = () => {};
    stage.fake.answer = () => new Promise((resolve) => (answer = resolve));
    const page = await stage.open('/visitor');
    const begin = page.getByRole('button', { name: 'Begin' });
    for (let i = 0; i < 5; i++) await begin.dispatchEvent('click');
    await soon(() => expect(given()).toEqual([{ type: 'begin' }]));
    expect(await begin.getAttribute('aria-busy')).toBe('true');
    answer({ status: 'refused', code: 'engine-unavailable', reason: 'The engine is not working.' });
    await page.getByRole('status').getByText('The piece is waking up.').waitFor();
    await begin.click();
    await soon(() => expect(given()).toHaveLength(2));
    answer({ status: 'done' });
  });

  it('works in browsers that block storage', async () => {
    const blocked = () =>
      Object.defineProperty(window, 'sessionStorage', {
        get() {
          throw new DOMException('Access is denied for this document.', 'SecurityError');
        },
      });
    const page = await stage.open('/visitor', { before: blocked });
    await press(page, 'Begin');
    await soon(() => expect(given()).toEqual([{ type: 'begin' }]));
    const curator = await stage.open('/curator', { before: blocked });
    await curator.getByLabel('PIN of the curator’s page').fill(stage.fake.pin);
    await press(curator, 'Open');
    await curator.getByRole('button', { name: 'Lock' }).waitFor();
  });

  it('loads itself again after an upgrade, once, and then says what to do', async () => {
    const page = await stage.open('/visitor');
    await heading(page, 'Become the next face');
    expect(stage.fake.loads).toBe(1);
    stage.fake.refusal = { code: 'version', reason: 'This page is of another version: reload it.' };
    stage.fake.cut();
    await heading(page, 'This page has been renewed');
    await soon(() => expect(stage.fake.loads).toBe(2));
    await audit(page, 'visitor-outdated');
    await pause(1_500);
    expect(stage.fake.loads).toBe(2);
    stage.fake.refusal = null;
    await press(page, 'Load again');
    await heading(page, 'Become the next face');
  });

  it('goes on showing the wall after pictures that are none', async () => {
    const page = await stage.open('/visitor');
    const canvas = page.getByRole('img', { name: 'The face on the wall' });
    await canvas.waitFor();
    await soon(() => expect(stage.fake.streams.viewers.size).toBe(1));
    for (const bytes of [new Uint8Array(0), new Uint8Array(500), new Uint8Array([0x46, 0x46, 99])]) {
      stage.fake.streams.garbage('/frames', bytes);
    }
    await soon(async () => {
      const { data } = await sharp(await canvas.screenshot())
        .resize(1, 1)
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(Math.max(...data)).toBeGreaterThan(25);
    });
  });
});

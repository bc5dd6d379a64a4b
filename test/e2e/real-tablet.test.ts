import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasReference, sharedPath } from '../reference.ts';
import { browserMissing } from './browser.ts';
import { until } from './look.ts';
import { scan } from './qr-code.ts';
import { RealPiece } from './real-piece.ts';
import { heading, press, sizes } from './tablet-stage.ts';

/** Visitors as they are, before the whole piece: they go away, their tablets sleep, others wait. */
describe.skipIf(browserMissing !== null || !hasReference)('the visitors’ tablet, on the real piece', () => {
  let piece: RealPiece;

  beforeAll(async () => {
    piece = await RealPiece.set({
      portrait: sharedPath('portraits/04-webmorph.jpg'),
      yaml: `visit: {greet: 5, framing: 20, review: 5, call: 5, arrivedPage: 60}
live: {pace: 10, hold: 4, countdown: 1}
`,
    });
    await until('the engine', () => piece.live.engine.health.level === 'good', 60_000);
  }, 90_000);
  afterEach(async () => {
    await piece.clear();
    await until('an empty room', () => piece.live.installation.state.name === 'attract', 60_000);
  }, 90_000);
  afterAll(() => piece?.strike());

  const tablet = async (): Promise<Page> => {
    const page = await piece.open('/visitor', { viewport: sizes.portrait, reducedMotion: 'reduce' });
    await heading(page, 'Become the next face');
    await until('a camera', () => piece.live.camera.health.level === 'good');
    return page;
  };
  const screen = (page: Page, name: string, timeout = 30_000) =>
    page.locator(`[data-screen=${name}]`).waitFor({ timeout });
  const toFraming = async (page: Page) => {
    await press(page, 'Begin');
    await press(page, 'Yes, I agree');
    await screen(page, 'framing');
  };
  const toReview = async (page: Page) => {
    await toFraming(page);
    await page.getByText('Ready when you are').waitFor();
    await press(page, 'Take my portrait');
    await screen(page, 'review');
    await page.getByRole('button', { name: 'Keep it' }).waitFor();
  };

  it('can be walked away from at any point: it warns, drops the portrait and invites the next', async () => {
    const page = await tablet();
    await press(page, 'Begin');
    await page
      .getByText(/Still there\? In \d+ s/)
      .first()
      .waitFor();
    await screen(page, 'attract', 15_000);
    await toFraming(page);
    await screen(page, 'attract', 35_000);
    await toReview(page);
    const { portrait } = piece.live.installation.state.visit ?? {};
    expect(piece.live.installation.portrait(portrait ?? '')).not.toBeNull();
    await screen(page, 'attract', 15_000);
    expect(piece.live.installation.portrait(portrait ?? '')).toBeNull();
    expect(await readdir(join(piece.folder, 'chain', 'faces'))).toEqual([]);
  }, 120_000);

  it('may sleep while the face becomes, and wakes to the face that has arrived', async () => {
    const page = await tablet();
    await toReview(page);
    await press(page, 'Keep it');
    await screen(page, 'becoming');
    // What happens to a tablet whose cover is shut: no network, no timers.
    const client = await page.context().newCDPSession(page);
    await page.context().setOffline(true);
    await client.send('Page.setWebLifecycleState', { state: 'frozen' });
    await until('the face', () => piece.live.installation.state.farewell !== null, 60_000);
    await client.send('Page.setWebLifecycleState', { state: 'active' });
    await page.context().setOffline(false);
    await heading(page, 'There you are');
    await page.getByRole('img', { name: /Code that opens the page of your face/ }).waitFor();
    const [face] = await readdir(join(piece.folder, 'chain', 'faces'));
    const { consent } = JSON.parse(await readFile(join(piece.folder, 'chain', 'faces', face, 'face.json'), 'utf8'));
    expect(consent).toMatchObject({ how: 'tablet', language: 'en', text: expect.stringMatching(/^We take one photo/) });
    await press(page, 'Done');
    await heading(page, 'Become the next face');
  }, 120_000);

  it('gets its visitor’s code when the piece was stopped and started while the face became', async () => {
    const page = await tablet();
    await toReview(page);
    await press(page, 'Keep it');
    await until('some steps', () => (piece.live.installation.state.visit?.progress?.step ?? 0) > 3, 30_000);
    await piece.live.stop();
    await page.getByText('One moment').waitFor();
    await piece.start();
    await heading(page, 'There you are');
    await page.getByText(/Face \d+ is yours/).waitFor();
    const link = new URL((await scan(await page.screenshot())) ?? '');
    expect((await fetch(`http://localhost:${piece.port}${link.pathname}`)).status).toBe(200);
    await press(page, 'Done');
    await screen(page, 'attract', 60_000);
  }, 120_000);

  it('may be loaded again in the middle of a visit, and still leads it', async () => {
    const page = await tablet();
    await toFraming(page);
    await page.reload();
    await screen(page, 'framing');
    await press(page, 'Leave');
    await screen(page, 'attract');
  }, 60_000);

  it('gives those who come meanwhile a number, calls it, and goes on when nobody comes', async () => {
    const [one, two] = [await tablet(), await tablet()];
    await toFraming(one);
    await press(two, 'Take a number');
    const dialog = two.getByRole('dialog', { name: 'Your number' });
    const first = Number(await dialog.locator('.number').innerText());
    await dialog.getByText(/You are next/).waitFor();
    await dialog.getByRole('button', { name: 'Back', exact: true }).click();
    await press(two, 'Take a number');
    await dialog.getByText(String(first + 1), { exact: true }).waitFor();
    await dialog.getByText(/1 before you/).waitFor();
    await dialog.getByRole('button', { name: 'Back', exact: true }).click();
    await press(one, 'Leave');
    await heading(two, `Number ${first}, it is your turn`);
    // Nobody comes; the next is called, and comes.
    await heading(two, `Number ${first + 1}, it is your turn`);
    await press(two, 'That is me');
    await screen(two, 'consent');
    await screen(one, 'busy');
    await press(two, 'No, thank you');
    await screen(one, 'attract');
  }, 90_000);
});

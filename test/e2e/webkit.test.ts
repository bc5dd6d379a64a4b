import { By, until as condition, Key, type WebElement } from 'selenium-webdriver';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { browserMissing } from './browser.ts';
import { lookAt, until } from './look.ts';
import { RealPiece, realPin } from './real-piece.ts';
import { WebKit, webkitMissing } from './webkit.ts';

/** The three pages in the engine of Safari, on the real piece: what iPads and small kiosk computers show. */
describe.skipIf(browserMissing || webkitMissing)('in WebKit', () => {
  let piece: RealPiece;
  let webkit: WebKit;

  beforeAll(async () => {
    piece = await RealPiece.set();
    webkit = await WebKit.launch(['--enable-media-stream=true', '--enable-mock-capture-devices=true']);
    await webkit.driver.manage().window().setRect({ x: 0, y: 0, width: 1180, height: 900 });
  }, 60_000);
  afterEach(() => webkit.driver.get('about:blank'));
  afterAll(async () => {
    await webkit?.close();
    await piece?.strike();
  });

  const open = (route: string) => webkit.driver.get(`http://localhost:${piece.port}${route}`);
  const seen = async (name?: string) => lookAt(Buffer.from(await webkit.driver.takeScreenshot(), 'base64'), name);
  /** The visible element of these words, once it is there. */
  const find = async (kind: string, words: string): Promise<WebElement> => {
    const path = `//${kind}[contains(normalize-space(.), "${words}")]`;
    const element = await webkit.driver.wait(condition.elementLocated(By.xpath(path)), 20_000);
    return webkit.driver.wait(condition.elementIsVisible(element), 20_000);
  };
  const press = async (words: string) => (await find('button', words)).click();

  it('the wall shows a face', async () => {
    await open('/');
    // What WebKit does not draw stays black; a face is lighter than the ground around it.
    await until(
      'a face',
      async () => {
        const wall = await seen();
        return wall.brightness(0.4, 0.3, 0.2, 0.4) > 60 && wall.brightness(0.4, 0.3, 0.2, 0.4) > wall.brightness() + 10;
      },
      75_000,
    );
    await seen('webkit/wall');
  }, 90_000);

  it('a visitor agrees and sees themselves in the tablet’s camera, whose pictures the piece gets', async () => {
    await open('/visitor');
    await press('Begin');
    await press('Yes, I agree');
    await find('button', 'Take my portrait');
    await until('the mirror', () =>
      webkit.driver.executeScript<boolean>(
        'const video = document.querySelector("video"); return video?.videoWidth > 0 && !video.paused',
      ),
    );
    await until('previews at the piece', () => (piece.live.camera.health.fps ?? 0) > 2);
    await seen('webkit/visitor');
    await press('Leave');
  });

  it('a curator steers, and the cards of every column begin at one height', async () => {
    await open('/curator');
    const pin = await webkit.driver.wait(condition.elementLocated(By.css('input')), 20_000);
    await pin.sendKeys(realPin);
    await press('Open');
    await (await find('*[@role="tab"]', 'Controls')).click();
    const hold = await webkit.driver.wait(condition.elementLocated(By.css('input[aria-label^="Hold"]')), 20_000);
    // Its focus selects what stands there.
    await hold.click();
    await hold.sendKeys('42', Key.ENTER);
    await until('the piece to hold longer', () => piece.live.installation.state.settings.hold === 42);
    const tops = await webkit.driver.executeScript<number[]>(`
      const first = new Map();
      for (const card of document.querySelectorAll('.sections > .card')) {
        const { left, top } = card.getBoundingClientRect();
        if (card.offsetParent) first.set(Math.round(left), Math.min(first.get(Math.round(left)) ?? Infinity, Math.round(top)));
      }
      return [...first.values()]`);
    await seen('webkit/curator');
    expect(tops.length).toBeGreaterThan(1);
    expect(new Set(tops).size).toBe(1);
  });
});

import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { InstallationState } from '../../server/protocol/snapshot.ts';
import { sampleState, sampleVisit } from '../controller/sample-state.ts';
import { browserMissing } from './browser.ts';
import { goTo, openDesk, type Tab } from './curator-desk.ts';
import { soon, TabletStage } from './tablet-stage.ts';

/**
 * Does what translators do, and ignores that they are not wanted: each text is put between « and » in two `<font>`
 * elements, what is there and what comes. `replaces`: the text node goes, as with Chrome's; else it is moved into them.
 */
function translate(replaces: boolean): void {
  const font = (child: Node) => {
    const element = document.createElement('font');
    element.append(child);
    return element;
  };
  const textsOf = (node: Node): Text[] => {
    const texts: Text[] = [];
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    if (node instanceof Text) texts.push(node);
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    return texts.filter((text) => text.data.trim() && text.isConnected && !text.parentElement?.closest('font, script'));
  };
  const rewrite = (node: Node) => {
    for (const text of textsOf(node)) {
      const words = `«${text.data}»`;
      if (replaces) {
        text.replaceWith(font(font(document.createTextNode(words))));
        continue;
      }
      const outer = document.createElement('font');
      text.parentNode?.insertBefore(outer, text);
      outer.append(font(text));
      text.data = words;
    }
  };
  rewrite(document.body);
  new MutationObserver((records) => {
    for (const { addedNodes, target, type } of records) {
      if (type === 'characterData') rewrite(target);
      for (const node of addedNodes) rewrite(node);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}

const wordsOf = (page: Page) => page.locator('#page').evaluate((node) => (node as HTMLElement).innerText);
const plain = (words: string) => words.replace(/[«»]/g, '').replace(/\s+/g, ' ').trim();

describe.skipIf(browserMissing)('a page that a translator rewrites', () => {
  let stage: TabletStage;

  beforeAll(async () => {
    stage = await TabletStage.set();
  });
  afterEach(() => stage.clear());
  afterAll(() => stage?.strike());

  /** Both pages say the same, one of them in another language. */
  const saySame = async (own: Page, translated: Page) => {
    await soon(async () => {
      const words = await wordsOf(translated);
      expect(words).toContain('«');
      expect(plain(words)).toBe(plain(await wordsOf(own)));
    });
  };

  const visit = sampleVisit;
  const receipt = { visitor: 8, receipt: '/receipt/a', receiptLink: 'https://museum.example/receipt/4f7c2b' };
  const progress = { step: 40, steps: 120, done: 0.37, secondsLeft: 42, likeness: 0.4, loss: 0.3 };
  const { queue } = sampleState();
  const states: readonly Partial<InstallationState>[] = [
    {
      state: 'becoming',
      visit: visit({ mine: false }),
      queue: { ...queue, waiting: [{ ticket: 12, place: 1, wait: 90 }] },
    },
    { queue: { ...queue, waiting: [12, 13].map((ticket, at) => ({ ticket, place: at + 1, wait: 90 })) } },
    { state: 'attract', visit: null, queue: { ...queue, called: 12 } },
    { state: 'greet', visit: visit(), queue },
    { state: 'framing', visit: visit({ hints: ['closer'] }) },
    { visit: visit({ problem: { code: 'no-face', message: 'No face.' } }) },
    { trouble: 'camera' },
    { trouble: null, visit: visit({ hints: ['ready'] }) },
    { state: 'countdown', visit: visit() },
    { state: 'review', visit: visit() },
    { visit: visit({ portrait: '/portrait/5' }) },
    { state: 'becoming', visit: visit(receipt) },
    { visit: visit({ ...receipt, progress }) },
    { visit: visit({ ...receipt, progress: { ...progress, secondsLeft: 7 } }) },
    { state: 'arrived', visit: visit(receipt) },
    { state: 'attract', visit: null, trouble: 'closed' },
    { trouble: null },
  ];

  it.each([true, false])(
    'leads a visitor through every screen all the same (text nodes replaced: %s)',
    async (replaces) => {
      const [own, translated] = [await stage.open('/visitor'), await stage.open('/visitor')];
      await translated.getByRole('button', { name: 'Begin' }).waitFor();
      await translated.evaluate(translate, replaces);
      for (const state of states) {
        stage.fake.change(state);
        await saySame(own, translated);
      }
      await Promise.all([own, translated].map((page) => page.getByRole('button', { name: 'Deutsch' }).click()));
      await saySame(own, translated);
      expect(stage.fake.loads).toBe(2);
    },
  );

  it('shows a curator every tab as it is', async () => {
    const [own, translated] = [await openDesk(stage), await openDesk(stage)];
    await translated.evaluate(translate, true);
    for (const tab of ['Controls', 'Chain', 'Displays', 'Presets', 'Log', 'Now'] as readonly Tab[]) {
      await goTo(own, tab);
      await goTo(translated, tab);
      await saySame(own, translated);
    }
    for (const state of states) {
      stage.fake.change(state);
      await saySame(own, translated);
    }
    expect(stage.fake.loads).toBe(2);
  });

  it('asks translators to leave it alone', async () => {
    for (const path of ['/', '/visitor', '/curator']) {
      const page = await stage.open(path);
      expect(await page.getAttribute('html', 'translate')).toBe('no');
      expect(await page.getAttribute('meta[name=google]', 'content')).toBe('notranslate');
    }
  });
});

import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from '../../server/bench/wall-browser.ts';

const executable = findBrowser();

/** Null where browser tests can run; else the reason, already printed: `describe.skipIf(browserMissing)(...)`. */
export const browserMissing = executable ? null : 'no Chromium found (set CHROME_PATH to one)';
if (browserMissing) console.warn(`Browser tests are skipped: ${browserMissing}.`);

/**
 * A headless Chromium with software WebGL. `args` are added, such as those of the fake camera; `home` is where it finds
 * what its user has, such as certificates. Close it afterwards.
 */
export function launchBrowser(args: readonly string[] = [], home?: string): Promise<Browser> {
  if (!executable) throw new Error(`Browser tests cannot run: ${browserMissing}.`);
  return chromium.launch({
    executablePath: executable,
    ...(home ? { env: { ...process.env, HOME: home } as Record<string, string> } : {}),
    args: [
      '--no-sandbox',
      '--no-first-run',
      '--disable-background-networking',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      ...args,
    ],
  });
}

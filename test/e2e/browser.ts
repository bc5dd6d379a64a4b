import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where a Chromium is usually found; `CHROME_PATH` names another. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const executable = [process.env.CHROME_PATH, ...usualPlaces].find((path) => path && existsSync(path));

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

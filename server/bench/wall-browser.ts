import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where a Chromium is usually found. */
const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium or Chrome on this computer: the one that CHROME_PATH names, or the first in the usual places; or null. */
export const findBrowser = (): string | null =>
  [process.env.CHROME_PATH, ...usualPlaces].find((path) => path !== undefined && existsSync(path)) ?? null;

/** Opens a page in a browser without a window, as the wall opens it; without a GPU the processor draws. */
export async function openWall(browser: string, address: string): Promise<{ close(): Promise<void> }> {
  const profile = await mkdtemp(join(tmpdir(), 'familiar-wall-'));
  const child = spawn(
    browser,
    [
      '--headless=new',
      '--window-size=1280,720',
      `--user-data-dir=${profile}`,
      '--no-first-run',
      '--disable-background-networking',
      // Chromium asks its makers' servers in many ways; so it finds none of them.
      `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${new URL(address).hostname}`,
      '--ignore-gpu-blocklist',
      '--enable-unsafe-swiftshader',
      // Browsers refuse to be root's with their sandbox on; the page is our own.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      address,
    ],
    { stdio: 'ignore' },
  );
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return {
    close: async () => {
      child.kill();
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

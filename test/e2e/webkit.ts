import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Builder, Capabilities, type WebDriver } from 'selenium-webdriver';
import { freePort } from '../../server/bench/free-port.ts';
import { until } from './look.ts';

const program = '/usr/bin/WebKitWebDriver';
const screen = '/usr/bin/Xvfb';
/** A window around WebKit and nothing else; it comes with the driver. */
const miniBrowser = ['x86_64', 'aarch64']
  .map((machine) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-4.1/MiniBrowser`)
  .find((path) => existsSync(path));

/** Null where the engine of Safari can be tried; else the reason, already printed. */
export const webkitMissing =
  existsSync(program) && existsSync(screen) && miniBrowser
    ? null
    : 'no WebKit found (Debian: webkit2gtk-driver and xvfb)';
if (webkitMissing) console.warn(`The engine of Safari is not tried: ${webkitMissing}.`);

/** The engine of Safari, as WebKitGTK builds it, on a screen in memory. `args`: settings of WebKit. */
export class WebKit {
  readonly driver: WebDriver;
  private readonly programs: readonly ChildProcess[];

  private constructor(driver: WebDriver, programs: readonly ChildProcess[]) {
    this.driver = driver;
    this.programs = programs;
  }

  static async launch(args: readonly string[] = []): Promise<WebKit> {
    const programs: ChildProcess[] = [];
    try {
      const xvfb = spawn(screen, ['-displayfd', '1', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      programs.push(xvfb);
      const display = await new Promise<string>((resolve, reject) => {
        xvfb.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()));
        xvfb.once('exit', () => reject(new Error('The screen in memory does not start.')));
      });
      const port = await freePort();
      const webdriver = spawn(program, [`--port=${port}`], {
        stdio: 'ignore',
        // Its sandbox wants user namespaces, which containers do not have.
        env: { ...process.env, DISPLAY: `:${display}`, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' },
      });
      programs.push(webdriver);
      const address = `http://127.0.0.1:${port}`;
      await until('the driver of WebKit', () =>
        fetch(`${address}/status`).then(
          ({ ok }) => ok,
          () => false,
        ),
      );
      const capabilities = new Capabilities({
        browserName: 'MiniBrowser',
        'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation', ...args] },
      });
      const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build();
      return new WebKit(driver, programs);
    } catch (error) {
      end(programs);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.driver.quit().catch(() => {});
    end(this.programs);
  }
}

/** The last started first: a browser goes before its screen. */
function end(programs: readonly ChildProcess[]): void {
  for (const one of programs.toReversed()) one.kill();
}

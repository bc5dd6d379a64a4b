import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { benchLive } from '../../server/bench/bench-live.ts';
import { findBrowser } from '../../server/bench/wall-browser.ts';
import { packageRoot } from '../../server/paths.ts';
import { routes } from '../../server/protocol/routes.ts';
import { buildPages } from '../e2e/pages.ts';

const hasPages = existsSync(join(packageRoot, 'dist/pages/display/index.html'));
if (!hasPages) console.log('The start command is skipped: the pages are not built (npm run build).');

let folder: string;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { port: number }).port;
  await new Promise((resolve) => server.close(resolve));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

class Started {
  readonly child: ChildProcess;
  output = '';
  readonly ended: Promise<number | null>;

  constructor(...words: string[]) {
    const cli = join(packageRoot, 'server/cli.ts');
    this.child = spawn(process.execPath, ['--import', 'tsx', cli, ...words], { cwd: packageRoot });
    this.child.stdout?.on('data', (data) => {
      this.output += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.output += data;
    });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  async says(what: RegExp, ms = 90_000): Promise<void> {
    const end = Date.now() + ms;
    while (!what.test(this.output)) {
      if (Date.now() > end || this.child.exitCode !== null) throw new Error(`Not said: ${what}\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function configured(extra = ''): Promise<string> {
  const file = join(folder, 'installation.yaml');
  await writeFile(file, `server: {host: 127.0.0.1, port: ${port}}\n${extra}`);
  return file;
}

describe.skipIf(!hasPages)('familiar-faces start', () => {
  let started: Started | null = null;
  afterEach(async () => {
    started?.child.kill('SIGKILL');
    await started?.ended;
  });

  it('says where it is and what it found, runs without OSC where the port is taken, and ends when told', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
    const file = await configured(`osc: {host: 127.0.0.1, port: ${taken.address().port}}`);
    started = new Started('start', '--config', file);
    await started.says(/OSC port \d+ on 127\.0\.0\.1 is used by another program/);
    expect(started.output).toContain(`http://127.0.0.1:${port}/visitor`);
    expect(started.output).toMatch(/curator\s+http:\S+\/curator {3}PIN \d{6}\n/);
    expect(started.output).toMatch(/face pack\s+default\n/);
    expect(started.output).toMatch(/camera\s+\S+/);
    expect(started.output).toMatch(/OSC\s+off\n/);
    await started.says(/The engine is ready: .+, face pack default \(256 px\)\./);
    const [, pin] = /PIN (\d{6})/.exec(started.output) ?? [];

    const second = new Started('start', '--config', file);
    expect(await second.ended).toBe(1);
    expect(second.output).toMatch(/^familiar-faces: [^\n]+\n$/);

    // A tablet that lends its camera is let go like everybody.
    const tablet = new WebSocket(`ws://127.0.0.1:${port}${routes.camera}?client=tablet-that-lends`);
    await once(tablet, 'open');
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.output).not.toMatch(/While stopping/);
    taken.close();

    // The PIN that was made up stays the same.
    started = new Started('start', '--config', await configured('osc: {enabled: false}'));
    await started.says(new RegExp(`PIN ${pin}`));
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(0);
  });

  it('does not start with a file that is wrong or missing', async () => {
    const wrong = new Started('start', '--config', await configured('live: {pace: 1}\nosk: {}'));
    expect(await wrong.ended).toBe(1);
    expect(wrong.output.split('\n').filter(Boolean)).toHaveLength(2);
    expect(wrong.output).toContain('live.pace must be a number from 5 to 600 s');
    const missing = new Started('start', '--config', join(folder, 'nowhere.yaml'));
    expect(await missing.ended).toBe(1);
    expect(missing.output).toContain('there is no such file');
  });
});

describe('the measuring of the live piece', () => {
  it('measures a visit and an audience', async () => {
    const pages = await buildPages();
    const browser = findBrowser();
    if (!browser) console.log('Drawing is not measured: no Chromium found (set CHROME_PATH to one).');
    const options = { pack: 'default', engine: 'auto', displays: 3, seconds: 2, browser, pages };
    const live = await benchLive(options).finally(() => rm(pages, { recursive: true, force: true }));
    expect(live.startToAttract).toBeGreaterThan(0);
    expect(live.keepToFace).toBeGreaterThan(0);
    expect(live.latency.p95).toBeGreaterThanOrEqual(live.latency.median);
    expect(live.displays).toMatchObject({ count: 3, sides: [512, 512] });
    if (browser) expect(live.drawn?.p95).toBeGreaterThan(0);
    if (browser) expect(live.drawn?.fps).toBeGreaterThan(0);
    expect(live.displays.fewest).toBeGreaterThan(1);
    expect(live.steps.alone).toBeGreaterThan(0);
    expect(live.steps.watched).toBeGreaterThan(0);
    expect(live.processors.displays).toBeGreaterThan(0);
  }, 120_000);
});

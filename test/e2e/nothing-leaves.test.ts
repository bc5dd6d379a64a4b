import { existsSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../server/bench/free-port.ts';
import { generatedTargets } from '../../server/bench/generated-targets.ts';
import { posingCamera } from '../../server/bench/posing-camera.ts';
import { findBrowser } from '../../server/bench/wall-browser.ts';
import { fromTensor } from '../../server/image/rgb-image.ts';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { defaultPack, packageRoot } from '../../server/paths.ts';
import { createOnnxRuntime } from '../../server/runtime/onnxruntime.ts';
import { childOf, Home } from '../privacy/home.ts';
import { apart, familiarFaces, watchingMissing } from '../privacy/quiet-network.ts';

const reason = watchingMissing();
if (reason !== null) console.log(`skipped: that nothing leaves the computer, ${reason}`);
const isBuilt = existsSync(join(packageRoot, 'dist/pages/display/index.html'));
if (!isBuilt) console.log('skipped: that `npm start` and the wall ask nobody: they are not built (npm run build)');
const browser = findBrowser();
if (browser === null) console.log('skipped: that the wall’s browser asks nobody: no Chromium (set CHROME_PATH to one)');

const nobody = { names: [], connections: 0, packets: 0 };

describe.skipIf(reason !== null)('a computer in a network that is watched', () => {
  let home: Home;
  beforeEach(() => {
    home = new Home();
  });
  afterEach(() => rmSync(home.folder, { recursive: true }));

  it('shows what a library asks that reports to its makers, and what is sent to an address', async () => {
    const makers = 'mobile.events.data.microsoft.com';
    const bare = { command: process.execPath, args: [...childOf('telemetry-child.ts'), 'bare', '600000'] };
    const toAnAddress = "require('dgram').createSocket('udp4').send('x', 9, '198.51.100.7', () => process.exit())";
    const seen = await apart(
      [
        { ...bare, asks: makers },
        { command: process.execPath, args: ['-e', toAnAddress] },
      ],
      home.environment(),
    );
    expect(seen.names).toEqual([makers]);
    expect(seen.packets).toBe(1);
  });

  it('makes a film without asking anybody or leaving a file elsewhere', async () => {
    const portrait = join(home.folder, 'portrait.jpg');
    await writeFile(portrait, await aPortrait());
    const out = join(home.folder, 'out');
    const film = familiarFaces('film', portrait, '--out', out, '--steps', '5', '--engine', 'cpu');
    expect(await apart([film, familiarFaces('doctor')], home.environment())).toEqual(nobody);
    expect(existsSync(join(out, 'index.html'))).toBe(true);
    expect(home.files().filter((name) => !/^(out\/|portrait\.jpg$)/.test(name))).toEqual([]);
  }, 400_000);

  it.skipIf(!isBuilt)('starts by npm, which asks nobody either', async () => {
    const config = join(home.folder, 'installation.yaml');
    await writeFile(config, `server: {host: 127.0.0.1, port: ${await freePort()}}\nosc: {enabled: false}\n`);
    const start = { command: 'npm', args: ['start', '--', '--config', config], says: 'face pack' };
    expect(await apart([start], home.environment())).toEqual(nobody);
    expect(home.files().filter((name) => !/^(state|chain|\.npm\/_logs)\/|^installation\.yaml$/.test(name))).toEqual([]);
  });

  it.skipIf(!isBuilt || browser === null)('shows a visit on a wall without asking anybody', async () => {
    const bench = familiarFaces('bench', 'live', '--seconds', '2', '--displays', '1', '--engine', 'cpu');
    expect(await apart([bench], home.environment())).toEqual(nobody);
    expect(
      home.files().filter((name) => !/^(\.(cache|config|pki|local)|tmp\/org\.chromium\.[^/]+)\//.test(name)),
    ).toEqual([]);
  });

  it.skipIf(browser === null)('opens the wall as docs/kiosk.md says without asking anybody', async () => {
    const options = kioskOptions(join(home.folder, 'profile'));
    expect(options).toContain('--app=http://localhost:8080/');
    const open = { command: process.execPath, args: [...childOf('kiosk-child.ts'), browser as string, ...options] };
    expect(await apart([open], home.environment())).toEqual(nobody);
  });
});

/** The options of the browser in the service of docs/kiosk.md, with another profile. */
function kioskOptions(profile: string): string[] {
  const document = readFileSync(join(packageRoot, 'docs/kiosk.md'), 'utf8');
  const [, command = ''] = /ExecStart=\/usr\/bin\/chromium ((?:.*\\\n)*.*)\n/.exec(document) ?? [];
  const words = command.replaceAll('\\\n', '').match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) =>
    word.replace(/^"(.*)"$/, '$1').replace(/^--user-data-dir=.*/, `--user-data-dir=${profile}`),
  );
}

/** A photograph of somebody who does not exist. */
async function aPortrait(): Promise<Uint8Array> {
  const { generator } = loadFacePack(defaultPack);
  const runtime = await createOnnxRuntime({ provider: 'cpu' });
  const [face] = await generatedTargets(generator, runtime, 1);
  const { bytes } = await posingCamera(async () => fromTensor(face, 256, 256)).takeStill(
    'visitor',
    new AbortController().signal,
  );
  return bytes;
}

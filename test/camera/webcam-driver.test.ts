import { chmod, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCamera } from '../../server/camera/camera.ts';
import type { DriverHealth } from '../../server/camera/driver.ts';
import { WebcamDriver } from '../../server/camera/webcam-driver.ts';
import { defaultConfig } from '../../server/config/read-config.ts';
import { localDecoder } from '../../server/image/decoder.ts';
import { encodeJpeg } from '../../server/image/encode.ts';
import type { Preview } from '../../server/installation/ports.ts';

const never = new AbortController().signal;
const isLinux = process.platform === 'linux';
if (!isLinux) console.log('skipped: node-webcam, since its stand-in is a script for Linux');

let folder: string;
let path: string | undefined;
let driver: WebcamDriver;
let health: DriverHealth | undefined;
let previews: Preview[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'familiar-'));
  path = process.env.PATH;
  process.env.PATH = `${folder}:${path}`;
  previews = [];
  health = undefined;
});
afterEach(async () => {
  process.env.PATH = path;
  await driver.close();
  await rm(folder, { recursive: true, force: true });
});

/** Stands in for fswebcam: a shell script that is called as the package calls the real one. */
async function program(script: string): Promise<void> {
  const name = join(folder, 'fswebcam');
  await writeFile(name, `#!/bin/sh\nfor last; do :; done\necho "$@" > ${folder}/arguments\n${script}\n`);
  await chmod(name, 0o755);
}

function open(device = '', patience?: number): void {
  driver = new WebcamDriver(
    { device, width: 640, height: 480 },
    localDecoder,
    {
      health: (now) => {
        health = now;
      },
      preview: (preview) => previews.push(preview),
      waiting: () => {},
    },
    patience,
  );
  driver.start();
}

/** The programs that were started, by their numbers, and those of them that still run. */
const started = () => readFile(join(folder, 'pids'), 'utf8').then((text) => text.trim().split('\n').map(Number));
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.skipIf(!isLinux)('node-webcam', () => {
  it('deletes the stills that a crash has left, and none that another piece is taking', async () => {
    const [old, fresh] = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'familiar-camera-'))));
    await writeFile(join(old, 'still.jpeg'), 'somebody');
    await utimes(old, new Date(), new Date(Date.now() - 120_000));
    open();
    const isThere = (path: string) =>
      stat(path).then(
        () => true,
        () => false,
      );
    await expect.poll(() => isThere(old)).toBe(false);
    expect(await isThere(fresh)).toBe(true);
    await rm(fresh, { recursive: true });
  });

  it('gives photographs and slow previews', async () => {
    const [a, b] = await Promise.all(
      [3, 5].map((k) =>
        encodeJpeg({ width: 640, height: 480, data: Uint8Array.from({ length: 921_600 }, (_, i) => (i * k) % 256) }),
      ),
    );
    await writeFile(join(folder, 'a'), a);
    await writeFile(join(folder, 'b'), b);
    await program(
      `if [ -e ${folder}/t ]; then rm ${folder}/t; cp ${folder}/a "$last"; else touch ${folder}/t; cp ${folder}/b "$last"; fi`,
    );
    open();
    await expect.poll(() => health?.level).toBe('good');
    expect([a, b]).toContainEqual(Buffer.from((await driver.takeStill(null, never)).bytes));
    driver.setPreview(true);
    await expect.poll(() => previews.length).toBeGreaterThan(3);
    expect(previews[0]).toMatchObject({ width: 640, height: 480 });
    expect(health?.level).toBe('good');
  });

  it('says that its program is missing', async () => {
    process.env.PATH = folder;
    // The shell itself, and nothing else.
    open();
    await expect.poll(() => health?.message).toMatch(/fswebcam.*missing.*apt install/);
    await expect(driver.takeStill(null, never)).rejects.toMatchObject({ code: 'CAMERA_FAILED' });
  });

  it('says that there is no camera', async () => {
    await program('echo "stat: No such file or directory" >&2');
    open();
    await expect.poll(() => health?.message).toMatch(/no camera/);
    await driver.close();
    open('/dev/video-none');
    await expect.poll(() => health?.message).toMatch(/no camera at \/dev\/video-none/);
  });

  it('notices a camera that is unplugged, within three seconds', async () => {
    await writeFile(join(folder, 'video0'), '');
    const bytes = await encodeJpeg({ width: 64, height: 48, data: new Uint8Array(9_216).fill(99) });
    await writeFile(join(folder, 'a'), bytes);
    await program(`cp ${folder}/a "$last"`);
    open(join(folder, 'video0'));
    await expect.poll(() => health?.level).toBe('good');
    await rm(join(folder, 'video0'));
    await expect.poll(() => health?.message).toMatch(/no camera at .*video0/);
  });

  it('knows the first camera by its name', async () => {
    await program('exit 1');
    const camera = createCamera(defaultConfig(), (path) => path, 'node-webcam', localDecoder);
    await expect(camera.takeStill(null, never)).rejects.toThrow();
    expect(camera.health.name).toBe('/dev/video0');
    expect(await readFile(join(folder, 'arguments'), 'utf8')).toContain('-d /dev/video0');
    await camera.close();
  });

  it('says the same of each picture that fails for the same reason, and no command', async () => {
    await program('echo "cannot write to $last" >&2; exit 1');
    open();
    await expect.poll(() => health?.message).toMatch(/gave no picture \(cannot write to …\/still.jpeg\)/);
    const first = health?.message;
    await expect(driver.takeStill(null, never)).rejects.toThrow(first);
    await driver.close();
    await program('exit 1');
    open();
    await expect.poll(() => health?.message).toMatch(/^fswebcam gave no picture\. Try/);
  });

  it('ends a program that hangs before it starts another', async () => {
    await program(`echo $$ >> ${folder}/pids; exec sleep 300`);
    open('', 300);
    await expect
      .poll(() =>
        started().then(
          ({ length }) => length,
          () => 0,
        ),
      )
      .toBeGreaterThan(2);
    await expect(driver.takeStill(null, never)).rejects.toMatchObject({ code: 'CAMERA_SLOW' });
    expect((await started()).filter(isRunning).length).toBeLessThan(2);
    await driver.close();
    expect((await started()).filter(isRunning)).toEqual([]);
  });

  it('lets go at once of a program that hangs when it is closed', async () => {
    await program(`echo $$ >> ${folder}/pids; exec sleep 300`);
    open();
    await expect.poll(() => started().catch(() => [])).toHaveLength(1);
    const before = performance.now();
    await driver.close();
    expect(performance.now() - before).toBeLessThan(3_000);
    expect((await started()).filter(isRunning)).toEqual([]);
  });

  it('starts no other program beside one that cannot be ended, and says so', async () => {
    // What holds the program's output counts as the program, and is out of reach.
    await program(`echo $$ >> ${folder}/pids; sleep 6; exit 1`);
    open('', 300);
    await expect.poll(() => health?.message).toMatch(/fswebcam hangs and cannot be ended. Unplug/);
    await expect(driver.takeStill(null, never)).rejects.toMatchObject({ code: 'CAMERA_UNAVAILABLE' });
    expect(await started()).toHaveLength(1);
    await expect.poll(() => started().then(({ length }) => length)).toBeGreaterThan(1);
  });

  it('notices a camera that freezes', async () => {
    const bytes = await encodeJpeg({ width: 64, height: 48, data: new Uint8Array(9_216).fill(99) });
    await writeFile(join(folder, 'a'), bytes);
    await program(`cp ${folder}/a "$last"`);
    open();
    driver.setPreview(true);
    await expect.poll(() => health?.message).toMatch(/same picture/);
  });

  describe('with nobody before it', () => {
    const grey = (value: number) => encodeJpeg({ width: 64, height: 48, data: new Uint8Array(9_216).fill(value) });

    /** Gives the picture `now` as often as it is asked, or, where there is none, living ones: `a` and `b` in turns. */
    async function camera(): Promise<void> {
      await Promise.all([writeFile(join(folder, 'a'), await grey(90)), writeFile(join(folder, 'b'), await grey(120))]);
      await program(
        `cd ${folder}; while [ -e hang ]; do sleep 0.1; done
         if [ -e now ]; then cp now "$last"; else cp a "$last"; mv a c; mv b a; mv c b; fi`,
      );
      open();
      await expect.poll(() => health?.level).toBe('good');
    }
    const comesBack = () => expect.poll(() => health).toMatchObject({ level: 'good', message: '' });

    it.each([
      ['freezes', 100, /same picture/],
      ['sees only black', 0, /only black/],
    ])('notices that it %s, and that it works again', async (_, value, message) => {
      await camera();
      await writeFile(join(folder, 'now'), await grey(value));
      await expect.poll(() => health?.message).toMatch(message);
      await rm(join(folder, 'now'));
      await comesBack();
    });

    it('notices that its program hangs, before that is given up', async () => {
      await camera();
      await writeFile(join(folder, 'hang'), '');
      await expect.poll(() => health?.message).toMatch(/gives no picture/);
      await rm(join(folder, 'hang'));
      await comesBack();
    });

    it('minds no single dark picture', async () => {
      await camera();
      const levels = new Set<string | undefined>();
      const timer = setInterval(() => levels.add(health?.level), 20);
      await writeFile(join(folder, 'b'), await grey(0));
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      clearInterval(timer);
      expect([...levels]).toEqual(['good']);
    });
  });

  it.each(['/dev/video0; touch pwned', '$(id)', '`id`', '-d "x"'])('hands %j to no shell', async (device) => {
    await program('exit 1');
    open(device);
    expect(health?.message).toMatch(/no name of a camera/);
    await expect(driver.takeStill(null, never)).rejects.toMatchObject({ code: 'CAMERA_UNAVAILABLE' });
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { randomStyleGan2 } from '../../server/bench/random-networks.ts';
import { loadFacePack } from '../../server/networks/face-pack.ts';
import { packageRoot } from '../../server/paths.ts';
import { type WritableTensor, writeSafetensors } from '../../server/weights/safetensors.ts';
import { hasReference, referencePath } from '../reference.ts';
import { scratchFolder } from '../weights/scratch.ts';
import { runCli } from './run-cli.ts';

const scratch = scratchFolder();
const out = join(scratch.folder, 'packs');

describe('familiar-faces import', () => {
  it.skipIf(!hasReference)('makes a pack of a public network, once', async () => {
    const args = ['import', referencePath('stylegan2-32.pkl'), '--name', 'x', '--out', out, '--licence', 'ours'];
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `${join(out, 'x')}: StyleGAN2 (PyTorch, NVIDIA), 32 x 32 pixels\nThe file has 2 copies of a generator (G, G_ema): the averaged one, G_ema, is taken.\n`,
    );
    expect(loadFacePack(join(out, 'x')).description).toMatchObject({ licence: 'ours', resolution: 32 });
    const again = await runCli(args);
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^familiar-faces: .*--force\.\n$/),
    });
  });

  it('says in one line what a wrong file is', async () => {
    const page = scratch.file('network.pkl', '<!DOCTYPE html><title>Quota exceeded</title>');
    const { code, stdout, stderr } = await runCli(['import', page, '--name', 'page', '--out', out]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `familiar-faces: ${page}: this is a web page, not a network. Open the address in a browser, download the file itself, and try again.\n`,
    );
    expect(existsSync(join(out, 'page'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')(
    'leaves nothing behind when Ctrl-C ends it in the middle',
    async () => {
      // 100 MB of zeros, so that there is a middle: a small network whose every width of 7 becomes 512.
      const { tensors } = randomStyleGan2({ resolution: 64, channelBase: 7 * 64, channelMax: 7, wDim: 7 });
      const large = [...tensors].map(([name, info]): [string, WritableTensor] => {
        const shape = info.shape.map((size) => (size === 7 ? 512 : size));
        return [name, { shape, data: () => new Float32Array(shape.reduce((a, b) => a * b, 1)) }];
      });
      const file = join(scratch.folder, 'large.safetensors');
      await writeSafetensors(file, new Map(large));
      const folder = join(scratch.folder, 'interrupted');
      const args = ['--import', 'tsx', join('server', 'cli.ts'), 'import', file, '--name', 'x', '--out', folder];
      const child = spawn(process.execPath, args, { cwd: packageRoot, stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const ended = once(child, 'close');
      const begun = () => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.partial'));
      while (!begun() && child.exitCode === null) await setTimeout(2);
      child.kill('SIGINT');
      expect((await ended)[0]).toBe(1);
      expect(stderr).toBe('familiar-faces: Stopped: nothing of the import was kept.\n');
      expect(existsSync(folder)).toBe(false);
    },
    60_000,
  );
});

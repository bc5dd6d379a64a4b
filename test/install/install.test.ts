import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../server/paths.ts';
import { Home } from '../privacy/home.ts';

const read = (name: string) => JSON.parse(readFileSync(join(packageRoot, name), 'utf8'));
const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');
const packages = Object.entries<{ hasInstallScript?: true }>(read('package-lock.json').packages);

let home: Home;
let folder: string;
beforeAll(() => {
  home = new Home();
  folder = mkdtempSync(join(tmpdir(), 'install-'));
});
afterAll(() => {
  rmSync(home.folder, { recursive: true });
  rmSync(folder, { recursive: true });
});

/** Runs npm or npx as somebody does who has set nothing up. */
const npm = (command: 'npm' | 'npx', args: readonly string[], cwd: string) =>
  spawnSync(command, args, { cwd, env: home.environment(), encoding: 'utf8', shell: process.platform === 'win32' });

describe('install scripts', () => {
  // npm 11.16 and newer read allowScripts; older ones run what package-lock.json says has a script.
  it('of packages run only where package.json allows it', () => {
    const scripted = packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    const advice =
      'decide in allowScripts of package.json; where false, take hasInstallScript out of package-lock.json';
    expect(scripted.sort(), advice).toEqual(
      Object.keys(allowScripts)
        .filter((name) => allowScripts[name])
        .sort(),
    );
  });

  it('are decided for packages that are there', () => {
    const names = packages.map(([path]) => nameOf(path));
    expect(Object.keys(allowScripts).filter((name) => !names.includes(name))).toEqual([]);
  });

  it('that are refused do not run in this npm, without a word', () => {
    mkdirSync(join(folder, 'refused'));
    const postinstall = `node -e "require('fs').writeFileSync(process.env.INIT_CWD + '/ran', '')"`;
    const refused = { name: 'refused', version: '1.0.0', scripts: { postinstall } };
    writeFileSync(join(folder, 'refused', 'package.json'), JSON.stringify(refused));
    expect(npm('npm', ['pack', '--silent', './refused'], folder).status).toBe(0);
    const project = { private: true, dependencies: { refused: 'file:refused-1.0.0.tgz' } };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
    cpSync(join(packageRoot, '.npmrc'), join(folder, '.npmrc'));
    expect(npm('npm', ['install', '--package-lock-only', '--offline'], folder).status).toBe(0);
    const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    expect(lock.packages['node_modules/refused'].hasInstallScript).toBe(true);
    delete lock.packages['node_modules/refused'].hasInstallScript;
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const { status, stderr } = npm('npm', ['ci', '--offline', '--no-audit', '--no-fund'], folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(existsSync(join(folder, 'node_modules/refused/package.json'))).toBe(true);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });
});

describe('npm and npx', () => {
  it('have nothing to say about the settings of the project', () => {
    expect(npm('npm', ['run'], packageRoot).stderr).toBe('');
  });

  it('tell what to do where the piece is not built, as after npm ci --ignore-scripts', () => {
    mkdirSync(join(folder, 'copy', 'bin'), { recursive: true });
    cpSync(join(packageRoot, 'bin'), join(folder, 'copy', 'bin'), { recursive: true });
    writeFileSync(join(folder, 'copy', 'package.json'), JSON.stringify(read('package.json')));
    const { status, stderr } = npm('npm', ['start'], join(folder, 'copy'));
    expect(status).toBe(1);
    expect(stderr).toContain("familiar-faces: the piece is not built. Run 'npm run prepare' in its folder once.\n");
    expect(stderr).not.toMatch(/ at .*:\d+|ERR_/);
    // This is the script that npm ci runs by itself.
    expect(read('package.json').scripts.prepare).toMatch(/^npm run build && /);
  });
});

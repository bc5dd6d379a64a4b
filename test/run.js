#!/usr/bin/env node
// The one test command: what it needs, types, lint, build, then every test. Its last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// On Windows npm and npx are scripts of the shell.
const shell = process.platform === 'win32';
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit', shell }).status === 0;

/** Browsers, a screen in memory for one of them, liblo's OSC tools, NSS's for certificates and iproute2's for other computers, where this machine can install Debian's packages. */
function installWhatIsMissing() {
  const wanted = [
    ['/usr/bin/chromium', 'chromium'],
    ['/usr/bin/WebKitWebDriver', 'webkit2gtk-driver'],
    ['/usr/bin/Xvfb', 'xvfb'],
    ['/usr/bin/oscsend', 'liblo-tools'],
    ['/usr/bin/certutil', 'libnss3-tools'],
    ['/bin/ip', 'iproute2'],
  ].filter(([file]) => !existsSync(file));
  if (wanted.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !existsSync('/usr/bin/apt-get')) return;
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
  // One by one: a package that this machine does not get keeps none of the others away.
  for (const [, name] of wanted) {
    console.log(`Installing ${name}`);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}

/**
 * Runs a part of the tests.
 * @returns {import('./outcome.ts').Outcome}
 */
function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'familiar-faces-'));
  const file = join(folder, 'outcome.json');
  const { status } = spawnSync('npx', ['vitest', 'run', '--reporter=default', '--reporter=test/outcome.ts', ...args], {
    cwd: root,
    stdio: 'inherit',
    shell,
    env: { ...process.env, OUTCOME_FILE: file },
  });
  const outcome = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { passed: 0, skipped: 0, failed: [], triedAgain: [] };
  rmSync(folder, { recursive: true, force: true });
  if (status !== 0 && outcome.failed.length === 0) outcome.failed.push(`vitest ${args.join(' ')} ended with ${status}`);
  return outcome;
}

installWhatIsMissing();
const checks = [
  ['types', ['npx', ['tsc', '--noEmit']]],
  ['lint', ['npx', ['biome', 'check', '.']]],
  ['build', ['npm', ['run', '--silent', 'build']]],
];
let passed = 0;
const failed = [];
for (const [name, [command, args]] of checks) {
  const isFine = run(command, args);
  console.log(`${name}: ${isFine ? 'fine' : 'FAILED'}`);
  if (isFine) passed++;
  else failed.push(name);
}
// What depends on other programs and on time may be starved on a busy machine, and is tried again; what was green only
// then is named. A browser that draws in software takes both cores for itself: its tests run one file after the other.
const parts = [
  runTests(['--exclude', 'test/e2e/**', '--retry=1']),
  runTests(['test/e2e', '--no-file-parallelism', '--retry=2']),
];
let skipped = 0;
for (const part of parts) {
  passed += part.passed;
  skipped += part.skipped;
  failed.push(...part.failed);
  for (const line of part.triedAgain) console.log(`green only when tried again: ${line}`);
}
for (const line of failed) console.log(`failed: ${line}`);
if (skipped > 0) console.log(`${skipped} skipped, each for the reason printed above`);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

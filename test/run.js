#!/usr/bin/env node
// The one test command: what it needs, types, lint, build, then every test. Its last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0;

/** Browsers, a screen in memory for one of them, and liblo's OSC tools, where this machine can install Debian's packages. */
function installWhatIsMissing() {
  const wanted = [
    ['/usr/bin/chromium', 'chromium'],
    ['/usr/bin/WebKitWebDriver', 'webkit2gtk-driver'],
    ['/usr/bin/Xvfb', 'xvfb'],
    ['/usr/bin/oscsend', 'liblo-tools'],
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

/** Runs a part of the tests and counts them. */
function countTests(args) {
  const folder = mkdtempSync(join(tmpdir(), 'familiar-faces-'));
  const report = join(folder, 'report.json');
  const isGreen = run(npx, [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...args,
  ]);
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  if (existsSync(report)) {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    passed = result.numPassedTests;
    failed = result.numFailedTests;
    skipped = result.numPendingTests + result.numTodoTests;
  }
  rmSync(folder, { recursive: true, force: true });
  // A file that does not load fails no test, and still the run.
  if (!isGreen && failed === 0) failed = 1;
  return { passed, failed, skipped };
}

installWhatIsMissing();
const checks = [
  ['types', [npx, ['tsc', '--noEmit']]],
  ['lint', [npx, ['biome', 'check', '.']]],
  ['build', ['npm', ['run', '--silent', 'build']]],
];
let passed = 0;
let failed = 0;
for (const [name, [command, args]] of checks) {
  const isFine = run(command, args);
  console.log(`${name}: ${isFine ? 'fine' : 'FAILED'}`);
  if (isFine) passed++;
  else failed++;
}
// A browser that draws in software takes both cores for itself: its tests run one file after the other, and one that was
// starved is tried again.
const parts = [
  countTests(['--exclude', 'test/e2e/**']),
  countTests(['test/e2e', '--no-file-parallelism', '--retry=2']),
];
let skipped = 0;
for (const part of parts) {
  passed += part.passed;
  failed += part.failed;
  skipped += part.skipped;
}
if (skipped > 0) console.log(`${skipped} skipped, each for the reason printed above`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

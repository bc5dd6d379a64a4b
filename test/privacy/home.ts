import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** ONNX Runtime's telemetry is silent where one of these says that a program is being tested; museums set none of them. */
const silencers =
  /^(CI|TF_BUILD|GITHUB_ACTIONS|GITLAB_CI|CIRCLECI|TRAVIS|JENKINS_URL|CODEBUILD_BUILD_ID|BUILDKITE|TEAMCITY_VERSION|APPVEYOR|BITBUCKET_BUILD_NUMBER|SYSTEM_TEAMFOUNDATIONCOLLECTIONURI|ORT_.*|VITEST.*|NODE_ENV)$/;

/** A user's home that nobody has used, and its temporary folder. */
export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'home-'));
  readonly temporary = join(this.folder, 'tmp');

  constructor() {
    mkdirSync(this.temporary);
  }

  /** The environment of a museum's computer: nothing of this one's that keeps telemetry silent. */
  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !silencers.test(name) && !/^(npm_|XDG_)/i.test(name));
    return { ...Object.fromEntries(own), HOME: this.folder, TMPDIR: this.temporary, ...more };
  }

  /** All files here, but for those of the loader that the tests read TypeScript with. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((name) => !/^tmp\/tsx-\d+\//.test(name))
      .sort();
  }
}

export const childOf = (name: string): string[] => [
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  fileURLToPath(new URL(name, import.meta.url)),
];

/** Loads ONNX Runtime as the piece does, or bare, in a process of its own, and computes. */
export function computeIn(home: Home, how: 'guarded' | 'bare', more: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...childOf('telemetry-child.ts'), how], {
    env: home.environment(more),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`telemetry-child ended with ${status}:\n${stderr}`);
  return stdout.trim();
}

import type { Command } from 'commander';
import { examine } from '../doctor/examine.ts';

/** `familiar-faces doctor`: what this machine can do, and what is wrong with what does not work. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what this machine can do: engines, codecs, cameras, face packs')
    .option('--json', 'findings for machines, one a line', false)
    .action(run);
}

async function run({ json }: { json: boolean }): Promise<void> {
  let hasEngine = false;
  let hasPack = false;
  for await (const finding of examine()) {
    hasEngine ||= finding.part === 'engine' && finding.ok;
    hasPack ||= finding.part === 'pack' && finding.ok;
    const line = json
      ? JSON.stringify(finding)
      : `${finding.ok ? 'ok ' : 'no '} ${finding.part.padEnd(8)} ${finding.name.padEnd(12)} ${finding.detail}`;
    process.stdout.write(`${line}\n`);
  }
  // Much may be missing on a good machine; without these nothing can be shown.
  if (!hasEngine || !hasPack) process.exitCode = 1;
}

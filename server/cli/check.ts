import type { Command } from 'commander';
import { readConfig } from '../config/read-config.ts';

/** `familiar-faces check FILE`: every problem of a configuration file with its place and what would be right. */
export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('check installation.yaml and say everything that is wrong with it')
    .argument('[file]', 'the configuration file', 'installation.yaml')
    .action(async (file: string) => {
      await readConfig(file);
      process.stdout.write(`${file} is fine.\n`);
    });
}

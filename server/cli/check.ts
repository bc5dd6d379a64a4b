import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config/read-config.ts';
import { readDirectionNames } from '../networks/face-pack.ts';
import { packFolder } from '../paths.ts';
import { pinNote } from '../protocol/pin.ts';

/** `familiar-faces check FILE`: every problem of a configuration file with its place and what would be right. */
export function registerCheck(program: Command): void {
  program
    .command('check')
    .description('check installation.yaml and say everything that is wrong with it')
    .argument('[file]', 'the configuration file', 'installation.yaml')
    .action(async (file: string) => {
      const { server } = await readConfig(file, (pack) => directionsOf(packFolder(pack, dirname(resolve(file)))));
      const note = pinNote(server.pin);
      process.stdout.write(`${file} is fine.\n${note === null ? '' : `Note: ${note}\n`}`);
    });
}

/** Null where the pack is not here or cannot be read: `start` and `doctor` say what is wrong with it. */
function directionsOf(pack: string): readonly string[] | null {
  try {
    return readDirectionNames(pack);
  } catch {
    return null;
  }
}

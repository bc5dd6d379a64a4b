import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import { defaultConfig, readConfig } from '../config/read-config.ts';
import type { Config } from '../config/schema.ts';

const defaultFile = 'installation.yaml';

export interface ConfigFile {
  readonly config: Config;
  /** There is no such file: everything is at its default. */
  readonly isFresh: boolean;
  /** The folder that paths in the file are relative to. */
  readonly folder: string;
}

/** Names the configuration of a command. */
export const configOption = (): Option =>
  new Option('-c, --config <file>', 'the configuration file').default(defaultFile);

/** A fresh folder without the file runs on its defaults; a file that was named must be there. Throws CONFIG_* and FILE_*. */
export async function openConfig(file: string): Promise<ConfigFile> {
  const isFresh = file === defaultFile && !existsSync(file);
  const config = isFresh ? defaultConfig() : await readConfig(file);
  return { config, isFresh, folder: dirname(resolve(file)) };
}

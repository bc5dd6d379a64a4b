#!/usr/bin/env node
import { existsSync } from 'node:fs';

const cli = new URL('../dist/server/cli.js', import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  // npm has been told to run no scripts.
  process.stderr.write("familiar-faces: the piece is not built. Run 'npm run prepare' in its folder once.\n");
  process.exitCode = 1;
}

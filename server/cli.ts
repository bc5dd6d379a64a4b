import { catchUnawaited } from './cli/last-words.ts';
import { runCommand } from './cli/run-command.ts';

catchUnawaited();
const code = await runCommand(process.argv.slice(2), (text) => process.stderr.write(text));
// A command that ends well may have set a code of its own.
if (code !== 0) process.exitCode = code;

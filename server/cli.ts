import { catchUnawaited } from './cli/last-words.ts';
import { runCommand } from './cli/run-command.ts';
import { removeOnnxTraces } from './runtime/onnx-telemetry.ts';

catchUnawaited();
// Version 0.1.0 let ONNX Runtime's telemetry leave them.
await removeOnnxTraces();
const code = await runCommand(process.argv.slice(2), (text) => process.stderr.write(text));
// A command that ends well may have set a code of its own.
if (code !== 0) process.exitCode = code;

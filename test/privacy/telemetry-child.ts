/**
 * Loads ONNX Runtime and computes a small step: as the piece does, or (`bare`) as the library comes, then waits for the
 * milliseconds of its second argument.
 */
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import { probeEngine } from '../../server/runtime/probe-engine.ts';

const [how, milliseconds = '0'] = process.argv.slice(2);
if (how === 'bare') {
  const bare = createRequire(import.meta.url)('onnxruntime-node');
  // An empty model is refused, by an environment that has started its telemetry.
  await bare.InferenceSession.create(new Uint8Array(8)).catch(() => {});
} else {
  const { name } = await probeEngine('cpu');
  console.log(name);
}
await wait(Number(milliseconds));

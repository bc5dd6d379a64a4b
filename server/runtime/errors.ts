import { distance } from 'fastest-levenshtein';
import { FamiliarError, messageOf } from '../errors.ts';
import { type Engine, engineChoices } from './engines.ts';

/** What to do where an engine does not start. */
export const adviceFor: Readonly<Record<Engine, string>> = {
  cpu: "Run 'npm ci' again on this machine, or choose engine 'tensorflow'.",
  webgpu: "Check that a Vulkan, Metal or Direct3D 12 driver is installed, or choose engine 'cpu'.",
  cuda: "Install CUDA's parts as docs/gpu.md says, or choose engine 'webgpu' or 'cpu'.",
  coreml: "CoreML exists on macOS only: choose engine 'webgpu' or 'cpu'.",
  directml: "DirectML exists on Windows only: choose engine 'webgpu' or 'cpu'.",
  tensorflow: "Run 'npm ci' again on this machine, or choose engine 'cpu'.",
};

/** ENGINE_UNAVAILABLE: an engine does not start, or cannot run what it is given. */
export const engineUnavailable = (engine: Engine, cause: unknown): FamiliarError =>
  new FamiliarError(
    'ENGINE_UNAVAILABLE',
    `Engine '${engine}' cannot start: ${plainReason(cause)}. ${adviceFor[engine]}`,
    { cause },
  );

/** ENGINE_UNKNOWN: a word that names no engine, with the one that was probably meant. */
export function engineUnknown(word: string): FamiliarError {
  const short = word.slice(0, 40);
  const unlike = (choice: string) => distance(short.toLowerCase(), choice) / Math.max(short.length, choice.length);
  const [nearest] = [...engineChoices].sort((a, b) => unlike(a) - unlike(b));
  const guess = unlike(nearest) <= 0.5 ? `Did you mean '${nearest}'? ` : '';
  const message = `There is no engine '${short}'. ${guess}The engines are ${engineChoices.join(', ')}.`;
  return new FamiliarError('ENGINE_UNKNOWN', message, { exitCode: 2 });
}

/** ENGINE_UNAVAILABLE for `auto` where nothing at all starts. */
export const noEngine = (reasons: readonly string[]): FamiliarError =>
  new FamiliarError('ENGINE_UNAVAILABLE', `No engine starts on this machine: ${reasons.join('; ')}. ${adviceFor.cpu}`);

/** Why an engine did not start, without what to do about it. */
export const reasonOf = (error: unknown): string =>
  plainReason(error instanceof FamiliarError && error.cause !== undefined ? error.cause : error);

/** A library's complaint as one line for people: without its source positions and the condition that failed. */
function plainReason(cause: unknown): string {
  const text = messageOf(cause).replace(/\s+/g, ' ').trim();
  const words = text.replace(/^\/\S+:\d+ .*? was false\. /, '').replace(/[.\s]+$/, '');
  return words.length > 300 ? `${words.slice(0, 300)}...` : words;
}

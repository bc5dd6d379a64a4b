/**
 * The part of a test run that must not scroll away: how many tests passed, which failed and why, and which were green only
 * when tried again. Written as JSON to the file named by OUTCOME_FILE, for `test/run.js`.
 */
import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Outcome {
  passed: number;
  skipped: number;
  /** A line each: file, test, first line of the message. Files that do not load and errors outside any test are among them. */
  failed: string[];
  triedAgain: string[];
}

const firstLine = (errors: ReadonlyArray<{ message?: string }>) =>
  (errors[0]?.message ?? 'no message').split('\n')[0] ?? '';

export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<SerializedError>): void {
    const outcome: Outcome = { passed: 0, skipped: 0, failed: [], triedAgain: [] };
    for (const module of modules) {
      const suites = [module, ...module.children.allSuites()];
      for (const suite of suites) {
        const errors = suite.errors();
        if (errors.length > 0) outcome.failed.push(`${module.relativeModuleId}: ${firstLine(errors)}`);
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        const name = `${module.relativeModuleId} > ${test.fullName}`;
        if (result.state === 'skipped') outcome.skipped += 1;
        else if (result.state === 'passed') outcome.passed += 1;
        else outcome.failed.push(`${name}: ${firstLine(result.errors ?? [])}`);
        if (test.diagnostic()?.flaky) outcome.triedAgain.push(`${name}: ${firstLine(result.errors ?? [])}`);
      }
    }
    for (const error of unhandledErrors) outcome.failed.push(`outside any test: ${firstLine([error])}`);
    const file = process.env.OUTCOME_FILE;
    if (file) writeFileSync(file, JSON.stringify(outcome));
  }
}

import type { OpName } from '../../server/graph/value.ts';
import type { Runtime } from '../../server/runtime/runtime.ts';
import { opCases } from '../graph/op-cases.ts';
import { type Problem, problemOf, together } from '../graph/problem.ts';
import { referenceStep } from '../networks/reference-problem.ts';
import { styleProblem } from './style-network.ts';

/** What every runtime is given to compute, by a name that can be sent to another process. */
export type Job = OpName | 'projection step' | { readonly reference: string };

export const ops = Object.keys(opCases) as OpName[];

/** The problems of an operation, whose inputs and outputs are told apart by a prefix, so that they make one graph. */
export const problemsOf = (op: OpName): Problem[] => opCases[op].map((opCase, i) => problemOf(opCase, `${i}.`));

export async function run(runtime: Runtime, job: Job): Promise<Record<string, Float32Array>> {
  const { graph, feeds } =
    typeof job === 'object'
      ? referenceStep(job.reference)
      : job === 'projection step'
        ? styleProblem()
        : together(problemsOf(job));
  const compiled = await runtime.compile(graph);
  try {
    return await compiled.run(feeds);
  } finally {
    await compiled.dispose();
  }
}

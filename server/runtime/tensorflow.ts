import type { Tensor } from '@tensorflow/tfjs';
import { type Graph, graphInputs } from '../graph/graph.ts';
import { rewriteGraph } from '../graph/rewrite.ts';
import type { Value } from '../graph/value.ts';
import { planExecution, type Step } from './execution-plan.ts';
import { checkFeeds } from './feeds.ts';
import type { CompiledGraph, Feeds, Runtime } from './runtime.ts';
import { startTensorFlow, type TensorFlow } from './tensorflow-backend.ts';
import { convWeights, type KernelOp, runKernel } from './tensorflow-kernels.ts';
import { tensorflowRewrites } from './tensorflow-rewrites.ts';

/**
 * The second engine: TensorFlow.js interpreting the same graphs, on whichever of its backends is installed.
 * A run computes without giving way to anything else in the process. Throws ENGINE_UNAVAILABLE where none starts.
 */
export async function createTensorFlowRuntime(): Promise<Runtime> {
  const { tf, name } = await startTensorFlow();
  return {
    name: `tensorflow.js ${name}`,
    compile: async (graph) => compile(tf, graph),
    // The backend is the process's, and the face detector may be using it.
    dispose: async () => {},
  };
}

function compile(tf: TensorFlow, source: Graph): CompiledGraph {
  const inputs = graphInputs(source);
  const { outputs } = rewriteGraph(source, tensorflowRewrites);
  const { once, everyRun } = planExecution({ outputs });
  const fixed = computeOnce(tf, once);
  const weights = turnWeights(tf, everyRun, fixed, Object.values(outputs));
  return {
    run: async (feeds) => {
      checkFeeds(inputs, feeds);
      const live: Tensors = new Map();
      const tensorOf = (value: Value) => (live.get(value) ?? fixed.get(value)) as Tensor;
      try {
        for (const { value, release } of everyRun) {
          live.set(value, evaluate(tf, value, tensorOf, feeds, weights));
          dispose(live, release);
        }
        const results = Object.entries(outputs).map(([name, value]) => [name, tensorOf(value).dataSync()]);
        return Object.fromEntries(results);
      } finally {
        dispose(live, live.keys());
      }
    },
    dispose: async () => {
      dispose(fixed, fixed.keys());
      dispose(weights, weights.keys());
    },
  };
}

type Tensors = Map<Value, Tensor>;

/** What depends on no input. Kept, so that a scope that somebody else has open does not take it. */
function computeOnce(tf: TensorFlow, steps: readonly Step[]): Tensors {
  const fixed: Tensors = new Map();
  for (const { value, release } of steps) {
    fixed.set(value, tf.keep(evaluate(tf, value, (x) => fixed.get(x) as Tensor, {}, new Map())));
    dispose(fixed, release);
  }
  return fixed;
}

/** The weights of convolutions as their kernel wants them. They replace the originals that nothing else uses. */
function turnWeights(tf: TensorFlow, steps: readonly Step[], fixed: Tensors, outputs: readonly Value[]): Tensors {
  const turned: Tensors = new Map();
  const alsoUsed = new Set(outputs);
  for (const { value } of steps) {
    const [x, weight] = value.inputs;
    if (value.op !== 'Conv') {
      for (const operand of value.inputs) alsoUsed.add(operand);
      continue;
    }
    alsoUsed.add(x);
    const original = fixed.get(weight);
    if (original !== undefined && !turned.has(weight)) turned.set(weight, tf.keep(convWeights(tf, original)));
  }
  dispose(
    fixed,
    [...turned.keys()].filter((weight) => !alsoUsed.has(weight)),
  );
  return turned;
}

function dispose(tensors: Tensors, values: Iterable<Value>): void {
  for (const value of values) {
    tensors.get(value)?.dispose();
    tensors.delete(value);
  }
}

/** The tensor of one value; `turned` has the weights of convolutions that need no turning any more. */
function evaluate(
  tf: TensorFlow,
  value: Value,
  tensorOf: (value: Value) => Tensor,
  feeds: Feeds,
  turned: ReadonlyMap<Value, Tensor>,
): Tensor {
  if (value.op === 'Input') return tf.tensor(feeds[value.attributes.name], [...value.shape], 'float32');
  if (value.op === 'Constant') return tf.tensor(value.attributes.data, [...value.shape], 'float32');
  const kernelValue = value as Value<KernelOp>;
  if (value.op !== 'Conv') return runKernel(tf, kernelValue, value.inputs.map(tensorOf));
  const [x, weight] = value.inputs;
  return tf.tidy(() =>
    runKernel(tf, kernelValue, [tensorOf(x), turned.get(weight) ?? convWeights(tf, tensorOf(weight))]),
  );
}

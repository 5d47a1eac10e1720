import * as tf from '@tensorflow/tfjs';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { countBatches } from '../backend/compiled/predictions';
import { programMachine } from '../backend/deferred/steps';
import { castPlanner } from '../backend/planner';
import { host } from '../host';
import { engine } from '../patches/engine-internals';
import { seesKernels } from '../patches/kernel-calls';
import { callsAroundLayers } from '../patches/layers';
import type { PredictRows, Rows } from '../patches/predict-loop';
import { isWatched } from '../precision/policies/place';
import { regime } from '../precision/session';
import { CompiledModel } from './compiled-model';
import { onVariableDisposed } from '../patches/variables';
import { kept } from './kept-programs';

const models = new WeakMap<LayersModel, CompiledModel>();
/** Around layers at any time; whoever comes later wants to see each. */
const USUAL_CALLS = callsAroundLayers();

onVariableDisposed((variable) => {
  kept.dropUsersOf(variable);
});

/** Predicts in batches, as tfjs does, each of which is one call of TensorFlow where that is known to be the same. */
export const predictRows: PredictRows = (model, rows, batchSize, run) => {
  const inputs: readonly unknown[] = Array.isArray(rows) ? rows : [rows];
  const policy = policyKey();
  if (policy === undefined || !areRows(model, inputs)) return run(rows, batchSize);
  const machine = programMachine();
  const compiled = compiledOf(model);
  if (machine === undefined) return run(rows, batchSize);
  const count = inputs[0]?.shape[0] ?? 0;
  if (!compiled.ready()) {
    countBatches(Math.ceil(count / batchSize), false);
    return run(rows, batchSize);
  }
  return tf.tidy(() => {
    const batches: (readonly Tensor[])[] = [];
    for (let start = 0; start < count; start += batchSize) {
      const size = Math.min(batchSize, count - start);
      host()?.throwIfInterrupted();
      const some = size === count ? inputs : inputs.map((input) => slice(input, start, size));
      const batch = (): Tensor[] => {
        const results = run(Array.isArray(rows) ? [...some] : (some[0] as Tensor), size);
        return Array.isArray(results) ? results : [results];
      };
      batches.push(compiled.batch(machine, policy, some, batch));
    }
    return joined(batches);
  });
};

function compiledOf(model: LayersModel): CompiledModel {
  let compiled = models.get(model);
  if (compiled === undefined) models.set(model, (compiled = new CompiledModel(model)));
  return compiled;
}

const NO_ROWS: { readonly isDisposed: boolean; readonly shape: readonly number[] } = {
  isDisposed: true,
  shape: [],
};

/** Inputs of the kind that tfjs's loop takes; what it makes of others, it says itself. */
function areRows(model: LayersModel, inputs: readonly unknown[]): inputs is readonly Tensor[] {
  const counts = inputs.map((input): number => {
    const { isDisposed, shape }: typeof NO_ROWS =
      input instanceof tf.Tensor ? (input as Tensor) : NO_ROWS;
    return isDisposed ? 0 : (shape[0] ?? 0);
  });
  const [count = 0] = counts;
  return inputs.length === model.inputs.length && count > 0 && counts.every((one) => one === count);
}

function slice(input: Tensor, start: number, size: number): Tensor {
  const zeros = input.shape.slice(1).map(() => 0);
  return tf.slice(input, [start, ...zeros], [size, ...input.shape.slice(1)]);
}

function joined(batches: readonly (readonly Tensor[])[]): Rows {
  const [first = []] = batches;
  const results = first.map((result, i) =>
    batches.length === 1
      ? result
      : tf.concat(
          batches.map((batch) => batch[i] as Tensor),
          0,
        ),
  );
  return results.length === 1 ? (results[0] as Tensor) : results;
}

/** Objects by number. */
const numbers = new WeakMap<object, number>();
let numbered = 0;

function numberOf(object: object | undefined): number {
  if (object === undefined) return 0;
  let number = numbers.get(object);
  if (number === undefined) numbers.set(object, (number = numbered += 1));
  return number;
}

/**
 * Under which rules ops are cast now; undefined where each op has to run by itself: somebody looks at it, a
 * gradient is recorded, or it is rounded by what earlier steps had.
 */
function policyKey(): string | undefined {
  const { policy, keep } = regime();
  const { state } = engine();
  const isSeen =
    programMachine()?.isHeld !== false ||
    seesKernels() ||
    isWatched() ||
    callsAroundLayers() !== USUAL_CALLS ||
    state.profiling ||
    state.gradientDepth > 0 ||
    tf.env().getBool('DEBUG');
  const rounds = [policy, ...keep.rules.map((rule) => rule.policy)].some(
    ({ compute }) => compute === 'fp8',
  );
  if (isSeen || rounds) return undefined;
  return `${numberOf(castPlanner())} ${keep.isEmpty ? '' : `${numberOf(keep)} ${policy.compute} ${policy.output}`}`;
}

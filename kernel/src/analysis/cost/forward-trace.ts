import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { aroundKernels, type KernelCall } from '../../patches/kernel-calls';
import { place, watchPlaces } from '../../precision/policies/place';
import { withoutRecording } from '../../precision/ranges/recorder';
import { withPrecision } from '../../precision/scope';
import { rowOf } from './layer-of-place';
import { isProduct, productWork } from './product-flops';

/** Operations of a layer, at the batch that was run. */
export interface LayerOperations {
  /** Of products, forward. */
  readonly forward: number;
  /** Of the products that the gradients take: one for each factor that depends on a trained weight. */
  readonly backward: number;
  /** Of everything else: one for each element that is read or written, whichever is more. */
  readonly elementwise: number;
}

export const NO_OPERATIONS: LayerOperations = { forward: 0, backward: 0, elementwise: 0 };

/** Kernels that move numbers, or make them, and compute nothing. */
const MOVES = new Set(
  (
    'BatchToSpaceND BroadcastTo Cast Concat ExpandDims Fill GatherV2 GatherNd Identity MirrorPad OneHot ' +
    'OnesLike Pack PadV2 Range Reshape Reverse ResizeNearestNeighbor Select Slice SpaceToBatchND SplitV ' +
    'StridedSlice Tile Transpose Unpack ZerosLike'
  ).split(' '),
);

/** Sums what two counts have. */
export function addOperations(a: LayerOperations, b: LayerOperations): LayerOperations {
  return {
    forward: a.forward + b.forward,
    backward: a.backward + b.backward,
    elementwise: a.elementwise + b.elementwise,
  };
}

/**
 * Runs a model forward once on zeros, in fp32 and as in inference, and counts what each of `layers` does;
 * what belongs to none of them is under undefined. Nothing of the model is changed, unless it keeps states
 * between batches.
 */
export function traceForward(
  model: tf.LayersModel,
  layers: ReadonlySet<tf.layers.Layer>,
  batchSize: number,
): Map<tf.layers.Layer | undefined, LayerOperations> {
  const counts = new Map<tf.layers.Layer | undefined, LayerOperations>();
  const trained = new Set(model.trainableWeights.map((weight) => weight.read().id));
  let inProduct = false;
  const stopPlaces = watchPlaces();
  const stop = aroundKernels((call, run) => {
    const outer = inProduct;
    inProduct ||= isProduct(call.name);
    let result: unknown;
    try {
      result = run();
    } finally {
      inProduct = outer;
    }
    const outputs = [result].flat() as Tensor[];
    const found = outer ? undefined : operationsOf(call, outputs, trained);
    follow(call, outputs, trained);
    if (found === undefined) return result;
    const layer = rowOf(place(), layers);
    counts.set(layer, addOperations(counts.get(layer) ?? NO_OPERATIONS, found));
    return result;
  });
  try {
    withoutRecording(() => {
      withPrecision('fp32', () => {
        tf.tidy(() => {
          const batch = model.inputs.map(({ shape, dtype }) =>
            tf.zeros([batchSize, ...shape.slice(1).map((size) => size ?? 1)], dtype),
          );
          const [only] = batch;
          model.apply(batch.length === 1 && only !== undefined ? only : batch);
        });
      });
    });
  } finally {
    stop();
    stopPlaces();
  }
  return counts;
}

function operationsOf(
  call: KernelCall,
  outputs: readonly Tensor[],
  trained: ReadonlySet<number>,
): LayerOperations | undefined {
  const [output] = outputs;
  if (output === undefined || MOVES.has(call.name)) return undefined;
  const product = productWork(call, output);
  if (product === undefined) {
    const sizes = [...inputsOf(call), ...outputs].map(({ size }) => size);
    return { ...NO_OPERATIONS, elementwise: Math.max(0, ...sizes) };
  }
  const { flops, elementwise, factors } = product;
  const gradients = factors.filter(({ id }) => trained.has(id)).length;
  return { forward: flops, backward: flops * gradients, elementwise };
}

/** What is computed from something trained depends on it, as long as it is a float. */
function follow(call: KernelCall, outputs: readonly Tensor[], trained: Set<number>): void {
  if (!inputsOf(call).some(({ id }) => trained.has(id))) return;
  for (const { id, dtype } of outputs) if (dtype === 'float32') trained.add(id);
}

function inputsOf({ inputs }: KernelCall): readonly Tensor[] {
  return Object.values(inputs).filter((tensor) => tensor != null);
}

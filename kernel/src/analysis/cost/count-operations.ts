import * as tf from '@tensorflow/tfjs';
import { cloneModel, walkLayers } from '../../models/walk';
import { NO_OPERATIONS, traceForward, type LayerOperations } from './forward-trace';

type Layer = tf.layers.Layer;
type Counts = ReadonlyMap<Layer | undefined, LayerOperations>;

/** Batches that are run to know any other: what a product takes is linear in the batch. */
const [SMALL, LARGER] = [2, 3] as const;

/**
 * The operations of each layer that `walkLayers` finds, in its order, at a batch size.
 * @param fixed The batch size that the model is built for; null for any.
 */
export async function countOperations(
  model: tf.LayersModel,
  batchSize: number,
  fixed: number | null,
): Promise<LayerOperations[]> {
  return withoutStates(model, (traced) => {
    const layers = walkLayers(traced).map(({ layer }) => layer);
    const rows = new Set(layers);
    const trace = (size: number): Counts => traceForward(traced, rows, size);
    const found =
      fixed === null
        ? extrapolated(trace(SMALL), trace(LARGER), batchSize)
        : scaled(trace(fixed), batchSize / fixed);
    return layers.map((layer) => found.get(layer) ?? NO_OPERATIONS);
  });
}

/** Hands on the model, or a copy of one with a layer that keeps states from batch to batch: it stays as it is. */
export async function withoutStates<T>(
  model: tf.LayersModel,
  fn: (model: tf.LayersModel) => T,
): Promise<T> {
  if (!walkLayers(model).some(({ layer }) => (layer as Stateful).stateful)) {
    return fn(model);
  }
  const copy = await cloneModel(model);
  try {
    return fn(copy);
  } finally {
    // tfjs disposes of the weights only.
    for (const { layer } of walkLayers(copy)) tf.dispose((layer as Stateful).states ?? []);
    copy.dispose();
  }
}

type Stateful = Layer & { readonly stateful?: boolean; readonly states?: tf.Tensor[] | null };

function extrapolated(small: Counts, larger: Counts, batchSize: number): Counts {
  const steps = (batchSize - SMALL) / (LARGER - SMALL);
  return new Map(
    [...larger].map(([layer, b]) => {
      const a = small.get(layer) ?? NO_OPERATIONS;
      return [layer, each((key) => a[key] + (b[key] - a[key]) * steps)];
    }),
  );
}

function scaled(counts: Counts, factor: number): Counts {
  return new Map([...counts].map(([layer, found]) => [layer, each((key) => found[key] * factor)]));
}

function each(of: (key: keyof LayerOperations) => number): LayerOperations {
  return { forward: of('forward'), backward: of('backward'), elementwise: of('elementwise') };
}

import type * as tf from '@tensorflow/tfjs';
import { traitsOf } from '../../models/layer-traits';
import type { GraphNode, GraphValue, ModelGraph } from '../../models/model-graph';
import { isTiedProduct } from '../../models/tied-product';
import type { FoundLayer } from '../../models/walk';
import type { LayerOperations } from './forward-trace';
import type { LayerCost } from './result';

interface Size {
  readonly batchSize: number;
  /** Bytes of a float. */
  readonly width: number;
}

/** The least that one inference moves: weights and values once for each call. */
interface Traffic {
  readonly weightBytes: number;
  readonly activationBytes: number;
}

/** Of tokens and other numbers that aren't floats. */
const WHOLE_BYTES = 4;

/** The row of a layer, all its calls together. */
export function layerCost(
  { name, layer }: FoundLayer,
  graph: ModelGraph,
  { forward, backward, elementwise }: LayerOperations,
  size: Size,
): LayerCost {
  const calls = graph.nodes.filter((node) => node.layer === layer);
  const traffic = trafficOf(layer, calls, graph, size);
  return {
    name,
    kind: layer.getClassName(),
    calls: calls.length,
    parameters: layer.countParams(),
    forwardFlops: forward,
    trainingFlops: forward + backward,
    elementwiseOps: elementwise,
    ...traffic,
    intensityFlopPerByte: intensity(forward, traffic),
  };
}

/** FLOPs for each byte; null where nothing is multiplied, or nothing moved. */
export function intensity(flops: number, traffic: Traffic): number | null {
  const bytes = traffic.weightBytes + traffic.activationBytes;
  return flops === 0 || bytes === 0 ? null : flops / bytes;
}

function trafficOf(
  layer: tf.layers.Layer,
  calls: readonly GraphNode[],
  { values }: ModelGraph,
  { batchSize, width }: Size,
): Traffic {
  const bytesOf = (ids: GraphNode['inputs']): number =>
    ids.reduce((sum, id) => sum + batchSize * valueBytes(values.get(id), width), 0);
  const sum = (of: (node: GraphNode) => number): number =>
    calls.reduce((total, node) => total + of(node), 0);
  // A table of vectors is read where it is looked up.
  const looksUp = (node: GraphNode): boolean =>
    traitsOf(layer).looksUp === true && !isTiedProduct(node, values);
  return {
    weightBytes: sum((node) =>
      looksUp(node) ? bytesOf(node.outputs) : layer.countParams() * width,
    ),
    activationBytes: sum(({ inputs, outputs }) => bytesOf(inputs) + bytesOf(outputs)),
  };
}

/** Of one sample. */
function valueBytes(value: GraphValue | undefined, width: number): number {
  if (value === undefined) return 0;
  const elements = value.shape.slice(1).reduce<number>((n, size) => n * (size ?? 1), 1);
  return elements * (value.dtype === 'float32' ? width : WHOLE_BYTES);
}

import type * as tf from '@tensorflow/tfjs';
import { innerLayers } from '../../models/inner-layers';
import { isBatchNorm, traitsOf } from '../../models/layer-traits';
import type { GraphNode, ModelGraph, ValueId } from '../../models/model-graph';
import { isTiedProduct } from '../../models/tied-product';

/** What fp16 can't be trusted with, of a model that is written in it. */
export interface HalfPrecision {
  /** The calls that stay in fp32. */
  readonly wide: ReadonlySet<string>;
  /** What needs to be known, as sentences. */
  readonly notes: readonly string[];
}

/** Of fp16: below, precision is lost; and from here up a number is none of fp16's any more. */
const LEAST_NORMAL = 2 ** -14;
const INFINITE = 65520;
/** Up to here numbers round to 0. */
const ZERO = 2 ** -25;

/**
 * Finds what stays in fp32: all that makes the whole numbers which embeddings look up, since fp16 has
 * those up to 2048 only; masks, which a number so small that it becomes 0 would change; layers whose
 * weights fp16 can't hold; and those that runtimes can't run in it. `also`: other calls, and why.
 */
export function halfPrecision(graph: ModelGraph, also: ReadonlyMap<string, string>): HalfPrecision {
  const notes: string[] = [];
  const wide = new Set(also.keys());
  for (const [id, why] of also) notes.push(`'${id}' stays in fp32: ${why}.`);
  for (const id of indexMakers(graph)) wide.add(id);
  for (const { id, layer } of graph.nodes) {
    if (traitsOf(layer).masks === 'always') wide.add(id);
    const why = unfit(layer);
    if (why !== undefined && !wide.has(id)) {
      wide.add(id);
      notes.push(`'${id}' stays in fp32: ${why}.`);
    }
    if (!wide.has(id)) notes.push(...flushed(id, layer));
  }
  return { wide, notes };
}

/** The calls on whose results, as they are or changed, an embedding looks up; embeddings in wrappers. */
function indexMakers({ nodes, values: known }: ModelGraph): Set<string> {
  const makers = new Map<ValueId, GraphNode>(
    nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)),
  );
  const found = new Set<string>();
  const visit = (id: ValueId): void => {
    const maker = makers.get(id);
    if (maker === undefined || found.has(maker.id)) return;
    found.add(maker.id);
    maker.inputs.forEach(visit);
  };
  for (const node of nodes) {
    if (isTiedProduct(node, known)) continue;
    const { id, layer, inputs } = node;
    const isWrapper = innerLayers(layer).some((inner) => traitsOf(inner).looksUp);
    if (isWrapper) found.add(id);
    if (isWrapper || traitsOf(layer).looksUp) inputs.forEach(visit);
  }
  return found;
}

/** Why a layer is none for fp16, or undefined. */
function unfit(layer: tf.layers.Layer): string | undefined {
  if ([layer, ...innerLayers(layer)].some(isLstm)) {
    return 'ONNX Runtime ends with a segmentation fault where it has to widen an LSTM itself';
  }
  if (traitsOf(layer).normalizes === 'group') {
    return 'its mean is taken away before the variance, of which fp16 would leave nothing far from 0';
  }
  if (traitsOf(layer).normalizes === 'rms') {
    return 'it squares its input, and from 256 on the square is none of fp16';
  }
  if (isBatchNorm(layer)) {
    // What the variance divides by counts by its ratio, not by its size beside the others.
    const variance = values(layer.getWeights().at(-1));
    const odd = variance.find((v) => Number.isFinite(v) && !(v >= LEAST_NORMAL && v < INFINITE));
    if (odd !== undefined) return `its variance has ${odd}`;
  }
  for (const weight of layer.weights) {
    const largest = values(weight.read()).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    if (largest > 0 && largest < LEAST_NORMAL) {
      return `all of its ${partOf(weight.originalName)} is below fp16's normal numbers, at most ${largest.toPrecision(2)}`;
    }
  }
  return undefined;
}

/** What becomes 0 without being it. */
function flushed(id: string, layer: tf.layers.Layer): string[] {
  return layer.weights.flatMap((weight) => {
    const tiny = values(weight.read()).filter((v) => v !== 0 && Math.abs(v) <= ZERO);
    if (tiny.length === 0) return [];
    const most = tiny.reduce((a, b) => Math.max(a, Math.abs(b)), 0).toPrecision(2);
    const part = partOf(weight.originalName);
    return [
      `fp16 makes 0 of ${tiny.length} value${tiny.length === 1 ? '' : 's'} of the ${part} of '${id}', at most ${most}.`,
    ];
  });
}

function isLstm(layer: tf.layers.Layer): boolean {
  const { cell } = layer as { readonly cell?: tf.layers.Layer };
  return cell?.getClassName() === 'LSTMCell';
}

function values(weight: tf.Tensor | undefined): Float32Array {
  return weight?.dtype === 'float32' ? weight.dataSync<'float32'>() : new Float32Array(0);
}

function partOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

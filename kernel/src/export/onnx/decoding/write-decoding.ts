import * as tf from '@tensorflow/tfjs';
import type { QuantizedGraph } from '../../../graph/quantized-graph';
import { modelGraph, type GraphNode, type ModelGraph } from '../../../models/model-graph';
import { emitLayer } from '../layers/table';
import { ACCURACY_LEVELS } from '../options';
import { emitNode } from '../quantized/emit-node';
import { version } from '../version';
import { GraphWriter } from '../writer/graph-writer';
import { LayerScope } from '../writer/layer-scope';
import { NodeScope } from '../writer/node-scope';
import {
  attentionHeads,
  multiHeadAttention,
  placeInputs,
  positionEmbedding,
  rotaryEmbedding,
  type Place,
} from './attention';
import { emitLookUp } from './lookup';
import { PackedCodes } from './packed-codes';
import { emitProduct } from './products';

/**
 * A causal language model as the ONNX file of one step of decoding, for ONNX Runtime: `GroupQueryAttention`
 * keeps keys and values of earlier tokens.
 *
 * Inputs: tokens [batch, new], under the model's own name for them; int32 `first` [1], `last` [batch] and
 * `total`: the place of the first new token, of the last one, and how many there are with the new ones; and
 * for attention i `past_key_i`, `past_value_i` [batch, kvHeads, capacity, headDim]. Outputs: logits [batch,
 * new, vocabulary], under the name of the layer that makes them, and `present_key_i`, `present_value_i`,
 * which a runtime may write over what is past. Products of integers are `MatMulNBits`, which rounds
 * activations to int8 in blocks; of NF4 `MatMulBnb4`; floats are widened by `Cast` or `DequantizeLinear`: a
 * runtime that folds constants would do so once and for all, and keep fp32.
 *
 * @param source A model that `decodingPlan` allows.
 * @throws HalfnoteError `onnx-unsupported`, `onnx-too-large`.
 */
export function writeDecoding(source: tf.LayersModel | QuantizedGraph): WrittenDecoding {
  const graph = source instanceof tf.LayersModel ? modelGraph(source) : source;
  const writer = new GraphWriter({
    values: openLengths(graph.values),
    float: 'float32',
    dense: 'float',
    blocks: { blockSize: 32, accuracyLevel: ACCURACY_LEVELS.int8 },
  });
  for (const { id } of graph.inputs) writer.input(id);
  const place = placeInputs(writer.onnx);
  const packed = new PackedCodes();
  let attentions = 0;
  for (const node of graph.nodes) {
    if ('layer' in node) attentions += emit(writer, node, place, attentions);
    else if (node.op.kind === 'float' && node.op.table !== undefined) {
      emitLookUp(new NodeScope(writer, { ...node, outputs: [node.output] }), node.op.table, packed);
    } else if (node.op.kind === 'float') {
      const { id, inputs, output, op } = node;
      attentions += emit(
        writer,
        { id, inputs, outputs: [output], layer: op.layer },
        place,
        attentions,
      );
    } else if (node.op.kind === 'move') writer.alias(node.output, node.inputs[0] ?? '');
    else if (!emitProduct(writer, node, packed)) emitNode(writer, node);
  }
  for (const id of graph.outputs) writer.output(id);
  const file = writer.onnx.finish(graph.name, {
    opset: 21,
    producerVersion: version(),
    metadata: { 'halfnote.format': 'decoding' },
  });
  return { file, weightBytes: writer.onnx.constantBytes };
}

export interface WrittenDecoding {
  /** The bytes of an ONNX file. */
  readonly file: Uint8Array;
  /** Of all that is constant in it: weights, scales, tables of positions. */
  readonly weightBytes: number;
}

/** A step has as many tokens as it has, whatever the model's sequences are: [batch, length, ...]. */
function openLengths(values: ModelGraph['values']): ModelGraph['values'] {
  return new Map(
    [...values].map(([id, value]) => {
      const [batch = null, , ...rest] = value.shape;
      return [id, { ...value, shape: [batch, null, ...rest] }];
    }),
  );
}

/** Gives how many attentions it wrote. */
function emit(writer: GraphWriter, call: GraphNode, place: Place, attentions: number): number {
  const kind = call.layer.getClassName();
  const placed = Object.hasOwn(PLACED, kind) ? PLACED[kind] : undefined;
  if (placed === undefined) {
    emitLayer(writer, call);
    return 0;
  }
  placed(new LayerScope(writer, call), place, attentions);
  return ATTENTIONS.has(kind) ? 1 : 0;
}

type PlacedEmitter = (scope: LayerScope, place: Place, attentions: number) => void;

/** Layers to which it matters where in a sequence their input is. */
const PLACED: Readonly<Record<string, PlacedEmitter>> = {
  AttentionHeads: attentionHeads,
  MultiHeadAttention: multiHeadAttention,
  RotaryEmbedding: rotaryEmbedding,
  PositionEmbedding: positionEmbedding,
};
const ATTENTIONS = new Set(['AttentionHeads', 'MultiHeadAttention']);

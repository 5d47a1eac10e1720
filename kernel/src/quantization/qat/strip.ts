import type * as tf from '@tensorflow/tfjs';
import type { GraphNode, ModelGraph, ValueId } from '../../models/model-graph';
import { ActivationLayer } from './activation-layer';
import { NormLayer } from './norm-layer';
import { type LayerCopy, rebuild } from './rebuild';
import { WeightLayer } from './weight-layer';
import { sameLayer } from './wrapping-layer';

/** A fake-quantized model taken apart: the float model in it, and what rounds. */
export interface Stripped {
  /** With the trained weights, which are copies: to be disposed of. */
  readonly model: tf.LayersModel;
  /** By the id of the layer's first call. */
  readonly weights: ReadonlyMap<string, WeightLayer>;
  /** By the value that is rounded. */
  readonly ranges: ReadonlyMap<ValueId, ActivationLayer>;
}

/** Copies the float model out of a fake-quantized one. */
export function strip(qat: ModelGraph): Stripped {
  const weights = new Map<string, WeightLayer>();
  const ranges = new Map<ValueId, ActivationLayer>();
  const model = rebuild(qat, {
    onNode: ({ layer, inputs }, symbols) => {
      if (!(layer instanceof ActivationLayer)) return undefined;
      ranges.set(inputs[0] ?? '', layer);
      return symbols;
    },
    onLayer: (node) => {
      const { id, layer } = node;
      if (layer instanceof WeightLayer) weights.set(id, layer);
      return layer instanceof WeightLayer || layer instanceof NormLayer
        ? inside(node, layer.inner)
        : undefined;
    },
  });
  return { model, weights, ranges };
}

function inside({ id }: GraphNode, inner: tf.layers.Layer): LayerCopy {
  const layer = sameLayer(inner, id);
  return {
    layer,
    setWeights: () => {
      layer.setWeights(inner.getWeights());
    },
  };
}

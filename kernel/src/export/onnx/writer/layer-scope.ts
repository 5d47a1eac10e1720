import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../../errors';
import type { LayerCall } from './call';
import type { GraphWriter } from './graph-writer';
import { LayerConfig } from './layer-config';
import { NodeScope } from './node-scope';

export interface Weight {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What writes a layer's operators. */
export type Emitter = (scope: LayerScope) => void;

/** The graph as one layer's call sees it, with the layer's configuration and weights. */
export class LayerScope extends NodeScope {
  readonly config: LayerConfig;
  readonly #layer: tf.layers.Layer;

  constructor(writer: GraphWriter, call: LayerCall) {
    super(writer, call);
    this.config = new LayerConfig(call);
    this.#layer = call.layer;
  }

  get layer(): tf.layers.Layer {
    return this.#layer;
  }

  /**
   * The layer's weights in its own order, as float32.
   * @throws HalfnoteError `disposed`.
   */
  weights(): Weight[] {
    try {
      return this.#layer.getWeights().map((tensor) => ({
        data: Float32Array.from(tensor.dataSync()),
        shape: tensor.shape,
      }));
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('disposed'))) throw error;
      throw new HalfnoteError(
        'disposed',
        `The weights of '${this.id}' have been disposed of, so that they can't be exported.`,
        'Export the model before dispose().',
        { cause: error },
      );
    }
  }
}

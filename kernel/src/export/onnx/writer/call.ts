import type * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../../models/model-graph';

/** What is being written: its name, and the values that it reads and makes. */
export interface NodeCall {
  readonly id: string;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

/** One call of a layer that is being written. */
export interface LayerCall extends NodeCall {
  readonly layer: tf.layers.Layer;
}

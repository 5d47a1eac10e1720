import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { registerLayer } from '../../layers/register';
import { WrappingLayer, type WrappingArgs } from './wrapping-layer';

export interface NormLayerArgs extends WrappingArgs {
  /** The training step from which the moving statistics are used, and kept. */
  readonly freezeNorm: number;
  /** Training steps that were made. */
  readonly steps?: number;
}

/**
 * A batch normalization that from some step on computes in training as it does at inference, so that
 * the last steps train the weights for the very numbers that are folded into them.
 */
export class NormLayer extends WrappingLayer {
  static readonly className = 'FreezingBatchNormalization';
  readonly #freezeNorm: number;
  #steps: number;

  constructor(args: NormLayerArgs) {
    super(args);
    this.#freezeNorm = args.freezeNorm;
    this.#steps = args.steps ?? 0;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    this.invokeCallHook(inputs, kwargs);
    const isTraining = kwargs['training'] === true;
    const frozen = this.#steps >= this.#freezeNorm;
    if (isTraining) this.#steps++;
    return this.callInner(inputs, frozen ? { ...kwargs, training: false } : kwargs);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), freezeNorm: this.#freezeNorm, steps: this.#steps };
  }
}

registerLayer(NormLayer);

import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { roundTensor } from '../../execution/simulated/activations';
import { limits } from '../../formats/limits';
import type { FloatWeightFormat } from '../../formats/uses';
import { elementOf } from '../../graph/float-codes';
import type { ActivationRounding } from '../../graph/quantized-graph';
import { HISTORY } from '../../precision/products/delayed-scaling';
import { wide } from './activation-layer';
import { storedAs } from './fake-quantize';
import type { Saver } from './grid';

/** How the largest magnitude of a product's inputs is found: `delayed` is that of the batches before. */
export type InputObserver = 'moving-average' | 'min-max' | 'delayed';

/** How the inputs of a product are fake-quantized to floats. */
export interface InputScheme {
  readonly format: FloatWeightFormat;
  readonly observer: InputObserver;
  /** Of `moving-average`: the weight of a new batch. */
  readonly averaging: number;
  /** The training step from which the range is kept; absent where it never is. */
  readonly freezeRanges?: number;
}

/**
 * Rounds the inputs of a product to what a float format holds, divided by one scale for the tensor:
 * the largest magnitude over the format's largest number. What is beyond saturates, and gets no gradient;
 * all else gets that of the identity.
 */
export class InputRounding {
  /** Magnitudes: the running one, or those of the batches before, the newest first. */
  #amax: tf.LayerVariable | undefined;
  readonly #max: number;

  constructor(readonly scheme: InputScheme) {
    this.#max = limits(elementOf(scheme.format)).max;
  }

  /** How many magnitudes are remembered. */
  get length(): number {
    return this.scheme.observer === 'delayed' ? HISTORY : 1;
  }

  /** @param amax Of that length, zeros before anything was seen. */
  attach(amax: tf.LayerVariable): void {
    this.#amax = amax;
  }

  /**
   * The rounded inputs, which before a range is known are the inputs themselves.
   * @param training Undefined at inference, else the training step from 0.
   */
  round(x: Tensor, training: number | undefined, isRounding: boolean): Tensor {
    const isFrozen = (training ?? Infinity) >= (this.scheme.freezeRanges ?? Infinity);
    const before = this.#known();
    if (training !== undefined && !isFrozen) this.#observe(x, before);
    if (!isRounding) return x;
    const { observer } = this.scheme;
    const own = training !== undefined && observer === 'delayed' ? largestOf(x) : undefined;
    const amax = observer === 'delayed' ? before : this.#known();
    return this.#fakeQuantized(
      x,
      own === undefined ? amax : tf.where(tf.greater(amax, 0), amax, own),
    );
  }

  /**
   * As the trained model has it, with the scale as a number.
   * @throws HalfnoteError `no-ranges` before a training step.
   */
  rounding(layer: string): ActivationRounding {
    const { format } = this.scheme;
    const [amax = 0] = tf.tidy(() => this.#known().dataSync<'float32'>());
    if (amax > 0) return { format, scale: Math.fround(amax / this.#max) };
    throw new HalfnoteError(
      'no-ranges',
      `The inputs of '${layer}' have no range: no training step has shown a value of them but 0.`,
      'Train the model with fit() first, for a few steps at least: ranges are observed in training.',
    );
  }

  /** The scale as of now; undefined before a range is known. */
  get scale(): number | undefined {
    const [amax = 0] = tf.tidy(() => this.#known().dataSync<'float32'>());
    return amax > 0 ? Math.fround(amax / this.#max) : undefined;
  }

  #known(): Tensor {
    return tf.max(this.#read());
  }

  #read(): Tensor {
    if (this.#amax === undefined) throw new Error('the layer has not been built');
    return this.#amax.read();
  }

  #observe(x: Tensor, known: Tensor): void {
    const largest = largestOf(x);
    // One batch with NaN or infinity would leave a range that no later one can mend.
    const isFinite = tf.isFinite(largest);
    const all = this.#read();
    this.#amax?.write(tf.where(isFinite, this.#moved(all, known, largest), all));
  }

  #moved(all: Tensor, known: Tensor, largest: Tensor): Tensor {
    const { observer, averaging } = this.scheme;
    if (observer === 'delayed') {
      return tf.concat([tf.reshape(largest, [1]), tf.slice(all, [0], [HISTORY - 1])]);
    }
    const moved =
      observer === 'min-max'
        ? tf.maximum(known, largest)
        : tf.add(known, tf.mul(tf.sub(largest, known), averaging));
    return tf.reshape(tf.where(tf.greater(known, 0), moved, largest), [1]);
  }

  #fakeQuantized(x: Tensor, amax: Tensor): Tensor {
    const max = this.#max;
    const isKnown = tf.greater(amax, 0);
    const scale = tf.where(isKnown, tf.div(amax, tf.scalar(max)), tf.onesLike(amax));
    const format = elementOf(this.scheme.format);
    const op = tf.customGrad((...args) => {
      const [input, save] = args as [Tensor, Saver];
      const scaled = tf.div(wide(input), scale);
      const isInside = tf.logicalOr(tf.lessEqual(tf.abs(scaled), max), tf.logicalNot(isKnown));
      save([input, isInside]);
      const rounded = tf.mul(roundTensor(tf.clipByValue(scaled, -max, max), format), scale);
      return {
        value: tf.where(isKnown, rounded, wide(input)),
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [source, inside] = saved as [Tensor, Tensor];
          return storedAs(source, tf.mul(dy, tf.cast(inside, 'float32')));
        },
      };
    });
    return op(x);
  }
}

function largestOf(x: Tensor): Tensor {
  return wide(tf.max(tf.abs(x)));
}

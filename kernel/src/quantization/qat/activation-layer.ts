import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { castTo, storageFormat } from '../../backend/storage';
import { registerLayer, single, singleShape } from '../../layers/register';
import { type AffineParams, asymmetricParams } from '../../integer/affine';
import { quantizeToRange } from './fake-quantize';
import type { Grid } from './grid';
import { lsqGradientScale, quantizeByStep } from './learned-step';

/** How the range of an activation is found: as PyTorch's observers of these names, or by training. */
export type QatObserver = 'moving-average' | 'min-max' | 'learned';

export interface ActivationLayerArgs {
  readonly name?: string;
  readonly observer: QatObserver;
  /** Of `moving-average`: the weight of a new batch. */
  readonly averaging: number;
  /** Training steps without quantization at the start; ranges are observed all the same. */
  readonly quantizeFrom: number;
  /** The training step from which ranges are kept; absent where they never are. */
  readonly freezeRanges?: number;
  /** How often the model calls the layer in a step: more than once where values share a range. */
  readonly calls?: number;
  /** Calls in training that were made. */
  readonly count?: number;
}

/** uint8. */
const GRID: Grid = { bits: 8, narrowRange: false };
const [LOWEST, HIGHEST] = [0, 255];
/** What `zero_point` holds before a step was learned. */
const UNSEEN = -1;

/**
 * Rounds activations to uint8 and back, in training and at inference, with one scale and zero point
 * for the tensor. In training it follows the batches' ranges, widened to hold 0, or learns the step;
 * before it has seen one it hands its input on.
 */
export class ActivationLayer extends tf.layers.Layer {
  static readonly className = 'FakeQuantize';
  readonly observer: QatObserver;
  private readonly args: ActivationLayerArgs;
  #count: number;
  #seen = false;
  /** The data that held no range: it is there again where a step that showed one was skipped. */
  #unseen: object | undefined;
  #min: tf.LayerVariable | undefined;
  #max: tf.LayerVariable | undefined;
  #logStep: tf.LayerVariable | undefined;
  #zeroPoint: tf.LayerVariable | undefined;
  /** The learned step once it is frozen: an optimizer with momentum moves its variable on. */
  #keptLogStep: tf.LayerVariable | undefined;

  constructor(args: ActivationLayerArgs) {
    super(args.name === undefined ? {} : { name: args.name });
    const { calls = 1, observer, averaging, quantizeFrom, freezeRanges } = args;
    this.observer = observer;
    this.args = {
      observer,
      averaging,
      quantizeFrom,
      calls,
      ...(typeof freezeRanges === 'number' ? { freezeRanges } : {}),
    };
    this.#count = args.count ?? 0;
  }

  override build(): void {
    const { zeros, constant } = tf.initializers;
    if (this.observer === 'learned') {
      this.#logStep = this.addWeight('log_step', [], 'float32', zeros());
      this.#zeroPoint = this.#state('zero_point', constant({ value: UNSEEN }));
      this.#keptLogStep = this.#state('kept_log_step', zeros());
    } else {
      this.#min = this.#state('min', zeros());
      this.#max = this.#state('max', zeros());
    }
    this.built = true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: Record<string, unknown>): Tensor {
    return tf.tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const x = single(inputs);
      const { quantizeFrom } = this.args;
      const isTraining = kwargs['training'] === true;
      const step = this.#step;
      const frozen = this.#isFrozen;
      if (isTraining) this.#count++;
      if (isTraining && (!frozen || !this.#hasRange())) this.#observe(x);
      if (!this.#hasRange() || (isTraining && step < quantizeFrom)) return x;
      return this.observer === 'learned'
        ? this.#byStep(x, isTraining && !frozen)
        : quantizeToRange(x, read(this.#min), read(this.#max), GRID);
    });
  }

  /** Scale and zero point; undefined before a training step has shown a range. */
  params(): AffineParams | undefined {
    if (!this.#hasRange()) return undefined;
    if (this.observer === 'learned') {
      const scale = Math.fround(Math.exp(scalar(this.#currentLogStep())));
      return { scale, zeroPoint: scalar(this.#zeroPoint) };
    }
    return asymmetricParams(scalar(this.#min), scalar(this.#max));
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  /** tfjs counts each call as an owner. */
  override dispose(): ReturnType<tf.layers.Layer['dispose']> {
    let result = super.dispose();
    while (result.refCountAfterDispose > 0) result = super.dispose();
    return result;
  }

  /** Training steps that were made. */
  get #step(): number {
    return Math.floor(this.#count / (this.args.calls ?? 1));
  }

  get #isFrozen(): boolean {
    return this.#step >= (this.args.freezeRanges ?? Infinity);
  }

  #currentLogStep(): tf.LayerVariable | undefined {
    if (!this.#isFrozen) return this.#logStep;
    if (scalar(this.#keptLogStep) === 0) this.#keptLogStep?.write(read(this.#logStep));
    return this.#keptLogStep;
  }

  #state(name: string, initializer: ReturnType<typeof tf.initializers.zeros>): tf.LayerVariable {
    return this.addWeight(name, [], 'float32', initializer, undefined, false);
  }

  /** Read again until it is true, as weights may have been loaded in the meantime. */
  #hasRange(): boolean {
    const { dataId } = read(this.observer === 'learned' ? this.#zeroPoint : this.#min);
    if (dataId === this.#unseen) return false;
    this.#seen ||=
      this.observer === 'learned'
        ? scalar(this.#zeroPoint) !== UNSEEN
        : scalar(this.#min) !== 0 || scalar(this.#max) !== 0;
    if (!this.#seen) this.#unseen = dataId;
    return this.#seen;
  }

  #observe(x: Tensor): void {
    if (this.observer === 'learned' && this.#hasRange()) return;
    const low = tf.minimum(wide(tf.min(x)), 0);
    const high = tf.maximum(wide(tf.max(x)), 0);
    if (this.observer === 'learned') {
      this.#startStep(low, high);
      return;
    }
    const [min, max] = [read(this.#min), read(this.#max)];
    const [newMin, newMax] = this.#moved(min, max, low, high);
    // One batch with NaN or infinity would leave a range that no later one can mend.
    const isFinite = tf.logicalAnd(tf.isFinite(low), tf.isFinite(high));
    this.#min?.write(tf.where(isFinite, newMin, min));
    this.#max?.write(tf.where(isFinite, newMax, max));
  }

  /** The range after a batch from `low` to `high`. */
  #moved(min: Tensor, max: Tensor, low: Tensor, high: Tensor): [Tensor, Tensor] {
    if (this.observer === 'min-max') return [tf.minimum(min, low), tf.maximum(max, high)];
    if (!this.#hasRange()) return [low, high];
    const { averaging } = this.args;
    return [
      tf.add(min, tf.mul(tf.sub(low, min), averaging)),
      tf.add(max, tf.mul(tf.sub(high, max), averaging)),
    ];
  }

  #startStep(low: Tensor, high: Tensor): void {
    const [min = 0] = low.dataSync();
    const [max = 0] = high.dataSync();
    if (!(max > min && Number.isFinite(max - min))) return;
    const { scale, zeroPoint } = asymmetricParams(min, max);
    this.#logStep?.write(tf.scalar(Math.log(scale)));
    this.#zeroPoint?.write(tf.scalar(zeroPoint));
  }

  #byStep(x: Tensor, learns: boolean): Tensor {
    const logStep = read(learns ? this.#logStep : this.#currentLogStep());
    const zeroPoint = scalar(this.#zeroPoint);
    if (!learns) {
      const step = tf.exp(logStep);
      const [min, max] = [LOWEST, HIGHEST].map((code) => tf.mul(step, code - zeroPoint));
      return quantizeToRange(x, min as Tensor, max as Tensor, GRID);
    }
    const [batch = 1] = x.shape;
    const features = x.size / Math.max(1, batch);
    const gradientScale = lsqGradientScale(features, Math.max(zeroPoint, HIGHEST - zeroPoint));
    return quantizeByStep(x, logStep, { ...GRID, zeroPoint, gradientScale });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args, count: this.#count };
  }
}

registerLayer(ActivationLayer);

function read(variable: tf.LayerVariable | undefined): Tensor {
  if (variable === undefined) throw new Error('the layer has not been built');
  return variable.read();
}

function scalar(variable: tf.LayerVariable | undefined): number {
  return read(variable).dataSync<'float32'>()[0] ?? 0;
}

/** Ranges are averaged in float32, also of 16-bit activations. */
export function wide(x: Tensor): Tensor {
  return storageFormat(x) === 'fp32' ? x : castTo(x, 'fp32');
}

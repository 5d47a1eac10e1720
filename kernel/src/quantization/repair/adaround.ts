import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { optimizers } from '../../precision/optimizers/optimizers';
import { randomKey, uniform } from '../../formats/random';
import { activate, product } from '../../graph/run-node';
import { weightShape } from '../../integer/product';
import type { LinearNode } from './float-graph';
import { signedCodes } from '../../graph/weight-bytes';
import { elementScales, type NearestRounding } from './rounding';
import type { LayerData } from './stream';

export interface AdaRoundOptions {
  /** Steps of the optimizer per layer. Default 1000; the paper has 10,000. */
  readonly iterations?: number;
  /** Samples per step. Default 32. */
  readonly batchSize?: number;
  /** Of Adam. Default 0.03. */
  readonly learningRate?: number;
  /** Weight of the term that drives each rounding to 0 or 1. Default 0.1. */
  readonly regularization?: number;
  /** The exponent of that term, from its start to its end. Default 20 to 2. */
  readonly beta?: readonly [start: number, end: number];
  /** Share of the steps without that term. Default 0.2. */
  readonly warmUp?: number;
  /** Of the choice of samples. Default 0. */
  readonly seed?: number;
}

/** How often {@link learnRounding} rests. */
export function rests({ iterations = ITERATIONS }: AdaRoundOptions = {}): number {
  return Math.ceil(iterations / REST);
}

export interface LearnedRounding {
  readonly codes: Int8Array;
  /** Mean squared error of the layer's outputs, after its activation, on the examples. */
  readonly error: number;
  /** The same with each weight rounded to nearest. */
  readonly nearestError: number;
  /** How many codes are not the nearest ones. */
  readonly changed: number;
}

/** The rectified sigmoid reaches from GAMMA to ZETA before it is clipped to [0, 1]. */
const GAMMA = -0.1;
const ZETA = 1.1;
const ITERATIONS = 1000;
/** Steps between two rests in which the kernel can send progress. */
const REST = 50;

/**
 * AdaRound (Nagel et al., "Up or Down? Adaptive Rounding for Post-Training Quantization", 2020):
 * learns for each weight whether it is rounded down or up, so that the layer's outputs on the
 * examples are near the float model's, given the inputs that the rounded layers before it make.
 * Each weight is `scale * clip(floor(w / scale) + h(v))` with the rectified sigmoid h; a term
 * `1 - |2h - 1|^beta` with falling beta makes h 0 or 1.
 *
 * `onRest` is called now and then, {@link rests} times in all unless there is nothing to learn.
 *
 * Unlike in the paper, the error is measured in units of what rounding to nearest makes, times the
 * number of weights, so that the regularization means the same for outputs of any size.
 */
export async function learnRounding(
  node: LinearNode,
  nearest: NearestRounding,
  data: LayerData,
  options: AdaRoundOptions = {},
  onRest: () => void = () => undefined,
): Promise<LearnedRounding> {
  const session = new Session(node, nearest, data, options);
  try {
    await session.run(onRest);
    return session.result();
  } finally {
    session.dispose();
  }
}

class Session {
  readonly #settings: Required<AdaRoundOptions>;
  readonly #constants: Readonly<
    Record<'inputs' | 'targets' | 'bias' | 'scale' | 'floor' | 'start', Tensor>
  >;
  readonly #v: tf.Variable;
  readonly #optimizer: tf.Optimizer;
  readonly #nearest: Int8Array;
  #nearestError = NaN;

  constructor(
    private readonly node: LinearNode,
    rounded: NearestRounding,
    data: LayerData,
    options: AdaRoundOptions,
  ) {
    this.#settings = {
      iterations: options.iterations ?? ITERATIONS,
      batchSize: options.batchSize ?? 32,
      learningRate: options.learningRate ?? 0.03,
      regularization: options.regularization ?? 0.1,
      beta: options.beta ?? [20, 2],
      warmUp: options.warmUp ?? 0.2,
      seed: options.seed ?? 0,
    };
    this.#nearest = signedCodes(rounded.weights);
    const { geometry, kernel, bias, activation } = node.op;
    const scales = elementScales(rounded.weights);
    const scaled = kernel.map((w, i) => w / (scales[i] ?? 1));
    const shape = weightShape(geometry);
    const { min, max } = rounded.range;
    const floors = scaled.map((w) => Math.min(max - 1, Math.max(min, Math.floor(w))));
    const made = tf.tidy(() => ({
      inputs: tf.concat([...data.inputs]),
      targets: activate(activation, tf.concat([...data.targets])),
      bias: tf.tensor1d(bias.slice()),
      scale: tf.tensor(scales, shape),
      floor: tf.tensor(floors, shape),
      start: tf.tensor(
        scaled.map((w, i) => logit(w - (floors[i] ?? 0))),
        shape,
      ),
    }));
    this.#constants = made;
    this.#v = tf.variable(made.start);
    this.#optimizer = optimizers.adam({ learningRate: this.#settings.learningRate });
  }

  async run(onRest: () => void): Promise<void> {
    const { iterations, batchSize, seed } = this.#settings;
    this.#nearestError = this.#errorOf(this.#nearest);
    if (!(this.#nearestError > 0)) return;
    const key = randomKey(seed);
    const rows = this.#constants.inputs.shape[0];
    const size = Math.min(batchSize, rows);
    for (let step = 0; step < iterations; step++) {
      if (step % REST === 0) {
        onRest();
        await new Promise(setImmediate);
      }
      const chosen = Int32Array.from({ length: size }, (_, i) =>
        Math.floor(uniform(key, step * size + i) * rows),
      );
      this.#step(chosen, step / iterations);
    }
  }

  result(): LearnedRounding {
    const codes = this.#nearestError > 0 ? this.#learnt() : this.#nearest;
    const error = this.#errorOf(codes);
    const better = error < this.#nearestError;
    const chosen = better ? codes : this.#nearest;
    return {
      codes: chosen,
      error: better ? error : this.#nearestError,
      nearestError: this.#nearestError,
      changed: chosen.reduce((n, code, i) => n + (code === this.#nearest[i] ? 0 : 1), 0),
    };
  }

  dispose(): void {
    tf.dispose(this.#constants);
    this.#v.dispose();
    this.#optimizer.dispose();
  }

  /** The chain rule by hand but for the product: a third of the ops that the whole tape makes. */
  #step(chosen: Int32Array, progress: number): void {
    const { scale, floor, inputs, targets } = this.#constants;
    tf.tidy(() => {
      const rows = tf.tensor1d(chosen, 'int32');
      const x = tf.gather(inputs, rows);
      const target = tf.gather(targets, rows);
      const sigmoid = tf.sigmoid(this.#v);
      const linear = tf.add(tf.mul(sigmoid, ZETA - GAMMA), GAMMA);
      const up = tf.clipByValue(linear, 0, 1);
      const errorOf = (kernel: Tensor): Tensor =>
        tf.mean(tf.squaredDifference(this.#output(x, kernel), target));
      const ofKernel = tf.grad(errorOf)(tf.mul(scale, tf.add(floor, up)));
      const unit = this.#v.size / this.#nearestError;
      const ofUp = tf.mul(tf.mul(ofKernel, scale), unit);
      const total = tf.add(ofUp, this.#pull(up, progress));
      const slope = tf.mul(tf.mul(sigmoid, tf.sub(1, sigmoid)), ZETA - GAMMA);
      const inside = tf.cast(tf.equal(up, linear), 'float32');
      const tensor = tf.mul(tf.mul(total, slope), inside);
      this.#optimizer.applyGradients([{ name: this.#v.name, tensor }]);
    });
  }

  /** The gradient of `regularization * (1 - |2h - 1|^beta)` for h. */
  #pull(up: Tensor, progress: number): Tensor | number {
    const { warmUp, regularization, beta } = this.#settings;
    if (progress < warmUp) return 0;
    const [from, to] = beta;
    const annealed = (progress - warmUp) / (1 - warmUp);
    const exponent = to + 0.5 * (from - to) * (1 + Math.cos(annealed * Math.PI));
    const off = tf.sub(tf.mul(up, 2), 1);
    const power = tf.mul(tf.pow(tf.abs(off), exponent - 1), tf.sign(off));
    return tf.mul(power, -2 * exponent * regularization);
  }

  #output(x: Tensor, kernel: Tensor): Tensor {
    const { geometry, activation } = this.node.op;
    return activate(activation, product(x, { kernel, bias: this.#constants.bias }, geometry));
  }

  #learnt(): Int8Array {
    const v = this.#v.dataSync();
    // h(v) is at least 1/2 where v is at least 0.
    return Int8Array.from(
      this.#constants.floor.dataSync(),
      (down, i) => down + ((v[i] ?? 0) >= 0 ? 1 : 0),
    );
  }

  #errorOf(codes: Int8Array): number {
    const mean = tf.tidy(() => {
      const kernel = tf.mul(
        this.#constants.scale,
        tf.tensor(Float32Array.from(codes), this.#constants.scale.shape),
      );
      return tf.mean(
        tf.squaredDifference(this.#output(this.#constants.inputs, kernel), this.#constants.targets),
      );
    });
    const [error = NaN] = mean.dataSync();
    mean.dispose();
    return error;
  }
}

/** The v for which the rectified sigmoid is `fraction`. */
function logit(fraction: number): number {
  const inside = Math.min(1 - 1e-4, Math.max(1e-4, fraction));
  return -Math.log((ZETA - GAMMA) / (inside - GAMMA) - 1);
}

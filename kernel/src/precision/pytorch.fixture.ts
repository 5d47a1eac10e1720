import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { groupNormalization } from '../layers/group-normalization';
import { multiHeadAttention } from '../layers/multi-head-attention';

/** Nested lists of numbers: a tensor. */
export type Values = number | readonly Values[];

export type FormatName = 'fp32' | 'bf16' | 'fp16';

/** What PyTorch computed in one format. */
export interface PytorchResult {
  readonly unsupported?: string;
  readonly output: Values;
  readonly loss: number;
  readonly gradients: readonly Values[];
  readonly inputGradient?: Values;
  /** The weights after the steps. */
  readonly sgd: readonly Values[];
  readonly adam: readonly Values[];
  /** Moving statistics after the steps of SGD. */
  readonly statistics?: readonly Values[];
}

/** A file of `test/pytorch/generate_layers.py`. */
export interface LayerFixture {
  readonly torch: string;
  readonly layers: readonly { readonly layer: string; readonly config: object }[];
  readonly input: Values;
  readonly integerInput: boolean;
  readonly target: Values;
  readonly weights: readonly Values[];
  readonly statistics: readonly Values[];
  readonly steps: number;
  readonly sgdRate: number;
  readonly adamRate: number;
  readonly lossScale: number;
  readonly formats: Readonly<Record<FormatName, PytorchResult>>;
}

const FOLDER = resolve(__dirname, '../../../test/pytorch/layers');

export const LAYER_NAMES = readdirSync(FOLDER).map((name) => basename(name, '.json'));

export function readLayer(name: string): LayerFixture {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as LayerFixture;
}

/** Dropout whose mask is given, so that both sides drop the same values. */
class Mask extends tf.layers.Layer {
  static readonly className = 'Mask';
  constructor(private readonly values: Tensor) {
    super({});
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.mul(Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs, this.values);
  }
}

function build(name: string, config: object): tf.layers.Layer {
  switch (name) {
    case 'groupNormalization':
      return groupNormalization(config);
    case 'multiHeadAttention':
      return multiHeadAttention(config as Parameters<typeof multiHeadAttention>[0]);
    case 'mask':
      return new Mask(tf.tensor((config as { values: number[][] }).values));
    default: {
      const factories = tf.layers as unknown as Record<string, (c: object) => tf.layers.Layer>;
      const factory = factories[name];
      if (factory === undefined) throw new Error(`tfjs has no layer ${name}`);
      return factory(config);
    }
  }
}

/** The fixture's layers with its weights, its batch and its target. */
export class LayerUnderTest {
  readonly input: tf.Variable;
  private readonly target: Tensor;
  private readonly model: tf.LayersModel;

  constructor(private readonly fixture: LayerFixture) {
    const dtype = fixture.integerInput ? 'int32' : 'float32';
    this.input = tf.variable(tf.tensor(fixture.input as number[], undefined, dtype));
    this.target = tf.tensor(fixture.target);
    const start = tf.input({ shape: this.input.shape.slice(1), dtype });
    let end: tf.SymbolicTensor = start;
    for (const { layer, config } of fixture.layers) {
      end = build(layer, config).apply(end) as tf.SymbolicTensor;
    }
    this.model = tf.model({ inputs: start, outputs: end });
    const weights = [...fixture.weights, ...fixture.statistics];
    this.model.setWeights(weights.map((values) => tf.tensor(values as number[])));
  }

  get variables(): tf.Variable[] {
    return this.model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  }

  /** Mean and variance that batch normalization keeps. */
  get statistics(): Tensor[] {
    return this.model.nonTrainableWeights.map((weight) => weight.read());
  }

  output(): Tensor {
    return this.model.apply(this.input, { training: true }) as Tensor;
  }

  loss(): tf.Scalar {
    return tf.losses.meanSquaredError(this.target, this.output());
  }

  /** Loss, gradients of the weights, and of the input where it has one. */
  gradients(): { loss: number; weights: Tensor[]; input: Tensor | undefined } {
    const wanted = this.fixture.integerInput ? this.variables : [...this.variables, this.input];
    const { value, grads } = tf.variableGrads(() => this.loss(), wanted);
    const of = (variable: tf.Variable): Tensor => {
      const gradient = grads[variable.name] as Tensor | null | undefined;
      if (gradient === null || gradient === undefined)
        throw new Error(`no gradient of ${variable.name}`);
      return gradient;
    };
    return {
      loss: value.dataSync()[0] ?? NaN,
      weights: this.variables.map(of),
      input: this.fixture.integerInput ? undefined : of(this.input),
    };
  }

  /** Takes the fixture's steps. */
  train(optimizer: tf.Optimizer): void {
    for (let i = 0; i < this.fixture.steps; i++) {
      optimizer.minimize(() => this.loss(), false, this.variables);
    }
    optimizer.dispose();
  }

  dispose(): void {
    this.model.dispose();
    tf.dispose([this.input, this.target]);
  }
}

import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { asRun } from './masks';
import { methodPatch, type Patch } from './patch';

/** Losses and metrics of a batch: of inputs and then targets, or of outputs and then targets. */
export type TestFunction = (data: readonly Tensor[]) => Tensor[];

/**
 * Gives the losses and metrics of a batch, inputs and then targets. `byLayers` is what tfjs does; `ofOutputs`
 * the same without the layers, for what they give in place of the inputs.
 */
export type TestBatch = (
  model: tf.LayersModel,
  data: readonly Tensor[],
  byLayers: TestFunction,
  ofOutputs: TestFunction,
) => Tensor[];

let testBatch: TestBatch | undefined;

/** Sets what runs the batches of an evaluation; undefined: tfjs. */
export function setTestBatch(next: TestBatch | undefined): void {
  testBatch = next;
}

interface Tested {
  testFunction: TestFunction;
}

export const makeTestFunction: Patch = methodPatch(
  {
    target: 'LayersModel.prototype',
    member: 'makeTestFunction',
    why: 'Layers are told which model calls them, and a batch of an evaluation that comes again runs as one program.',
  },
  () => tf.LayersModel.prototype,
  (original) =>
    function (this: Tested): void {
      const model = this as unknown as tf.LayersModel;
      original.call(this);
      const byLayers = asRun(model, this.testFunction);
      const ofOutputs = withoutLayers(model, original);
      this.testFunction = (data) => {
        const run = testBatch;
        if (run === undefined) return byLayers(data);
        return tf.tidy(() => run(model, data, byLayers, ofOutputs));
      };
    },
);

/** tfjs's losses and metrics of a model whose inputs are its outputs. */
function withoutLayers(model: tf.LayersModel, make: (this: unknown) => unknown): TestFunction {
  const { outputs } = model;
  const bare = Object.create(model, {
    inputs: { value: outputs },
    outputs: { value: outputs },
  }) as unknown as Tested;
  make.call(bare);
  return bare.testFunction;
}

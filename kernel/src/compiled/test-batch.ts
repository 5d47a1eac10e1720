import * as tf from '@tensorflow/tfjs';
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import type { Rows } from '../patches/predict-loop';
import type { TestBatch } from '../patches/test-function';
import { numberOf } from './numbers';
import { readyModel } from './run-compiled';

/**
 * A batch of an evaluation: layers, losses and metrics as one program where all are tfjs's, else the layers
 * as in a prediction.
 */
export const testBatch: TestBatch = (model, data, byLayers, ofOutputs) => {
  const ready = areTensors(data) ? readyModel(model, 1) : undefined;
  if (ready === undefined) return byLayers(data);
  const losses = lossKey(model);
  const key = `${ready.policy} ${losses ?? ''}`;
  if (losses !== undefined && !ready.pass.refuses(key, data)) {
    return [...ready.runBatch(key, data, () => byLayers(data))];
  }
  const count = model.inputs.length;
  const outputs = predicted(model, data.slice(0, count));
  return areFed(model, outputs) ? ofOutputs([...outputs, ...data.slice(count)]) : byLayers(data);
};

function predicted(model: LayersModel, inputs: readonly Tensor[]): Tensor[] {
  const predict = Reflect.get(model, 'predictLoop') as (rows: Rows, size: number) => Rows;
  return [predict.call(model, [...inputs], inputs[0]?.shape[0] ?? 0)].flat();
}

/** Whether tfjs takes them as they are: it feeds no value twice, and casts another type. */
function areFed({ outputs }: LayersModel, given: readonly Tensor[]): boolean {
  return (
    new Set(outputs).size === outputs.length &&
    outputs.every(({ dtype }, i) => dtype === given[i]?.dtype)
  );
}

function areTensors(data: readonly unknown[]): boolean {
  return data.every((one) => one instanceof tf.Tensor && !one.isDisposed);
}

/** What tfjs makes of the losses and metrics that a model is compiled with. */
interface Compiled {
  readonly loss: unknown;
  readonly metrics: unknown;
  readonly lossFunctions: readonly object[];
  readonly metricsTensors: readonly (readonly [object, number])[];
}

/** Losses and metrics by identity; undefined where one is a function of the user's, which may do anything. */
function lossKey(model: LayersModel): string | undefined {
  const { loss, metrics, lossFunctions, metricsTensors } = model as unknown as Compiled;
  if (![...namesIn(loss), ...namesIn(metrics)].every((name) => typeof name === 'string')) {
    return undefined;
  }
  const ofMetrics = metricsTensors.map(([metric, output]) => `${numberOf(metric)}:${output}`);
  return `losses ${lossFunctions.map(numberOf).join()} ${ofMetrics.join()}`;
}

function namesIn(given: unknown): unknown[] {
  if (given === undefined || given === null) return [];
  if (Array.isArray(given)) return given.flatMap(namesIn);
  return typeof given === 'object' ? Object.values(given).flatMap(namesIn) : [given];
}

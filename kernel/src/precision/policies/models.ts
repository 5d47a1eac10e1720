import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { engine } from '../../patches/engine-internals';
import type { LayerCall } from '../../patches/layers';
import type { ModelHandlers } from '../../patches/models';
import { innerGraph } from '../../models/inner-layers';
import { describePolicy } from '../policy';
import { regime, type Regime } from '../session';
import { checkModel } from './check';
import { duringFit } from './fits';
import { inFormat, isOutermost, notePaths } from './in-layer';

type Output = Tensor | Tensor[];

/** What models do under the policy in force. */
export const modelHandlers: ModelHandlers = {
  check: checked,
  fit: async (model, run) => duringFit(model, describePolicy(checked(model).policy), run),
  predict: asOutput,
  judged,
};

/** A model that is called by itself hands out the output format, as one that predicts does. */
export const modelCall: LayerCall = (layer, inputs, run) => {
  if (!isOutermost(layer) || !isConcrete(inputs)) return run();
  return asOutput(layer as tf.LayersModel, () => run() as Output);
};

/** Runs a whole model; what comes out is in the output format of the policy in force. */
function asOutput(model: tf.LayersModel, fn: () => Output): Output {
  const { policy } = checked(model);
  const firstNewId = engine().nextTensorId();
  return inFormat(fn(), policy.output, firstNewId);
}

/** An output as `predict` gives it, where that is in 32 bits; one that is wider than the policy's stays so. */
function judged(output: Tensor): Tensor {
  const { policy } = regime();
  return policy.output === 'fp32' ? (inFormat(output, 'fp32', Infinity) as Tensor) : output;
}

/** Sequential models by the graphs as which they run: users know the layers by the former. */
const sequentials = new WeakMap<tf.LayersModel, tf.LayersModel>();

/** The model that the user knows: a sequential one for the graph as which it runs. */
export function modelOfUser(model: tf.LayersModel): tf.LayersModel {
  return sequentials.get(model) ?? model;
}

function checked(used: tf.LayersModel): Regime {
  const graph = innerGraph(used);
  if (graph !== undefined) sequentials.set(graph, used);
  const model = modelOfUser(used);
  const current = regime();
  notePaths(model);
  checkModel(model, current.policy, current.keep);
  return current;
}

function isConcrete(inputs: unknown): boolean {
  const [first] = Array.isArray(inputs) ? (inputs as unknown[]) : [inputs];
  return first instanceof tf.Tensor;
}

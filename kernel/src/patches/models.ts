import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { withCaller } from './caller';
import { asRun } from './masks';
import type { Method, Replacement } from './methods';
import { methodPatch, type Patch } from './patch';

type Model = tf.LayersModel;
type Output = Tensor | Tensor[];
type Batch = (Tensor | null | undefined)[];
type TrainFunction = (data: Batch) => Tensor[];

/** What is done around the methods of models. */
export interface ModelHandlers {
  /** Before a model runs. */
  check(model: Model): void;
  fit(model: Model, run: () => Promise<unknown>): Promise<unknown>;
  predict(model: Model, run: () => Output): Output;
  /** What the loss is handed of an output of the last layer. */
  judged(output: Tensor): Tensor;
}

/** What is done around the batches that a model trains on. */
export interface BatchHandlers {
  /** Makes the function that runs a step from tfjs's. */
  step(model: Model, train: TrainFunction): TrainFunction;
  /** Runs all epochs on the data that `fit` was handed. */
  epochs(model: Model, data: Batch, run: () => Promise<unknown>): Promise<unknown>;
}

let handlers: ModelHandlers | undefined;
let batches: BatchHandlers | undefined;
let optimizerNamed: ((name: string) => tf.Optimizer | undefined) | undefined;

export function setModelHandlers(next: ModelHandlers): void {
  handlers = next;
}

export function setBatchHandlers(next: BatchHandlers): void {
  batches = next;
}

/** Sets what knows optimizers by names that tfjs doesn't know; undefined of tfjs's own. */
export function setOptimizerNames(find: (name: string) => tf.Optimizer | undefined): void {
  optimizerNamed = find;
}

function fitting(fit: Method): Replacement {
  return function (this: Model, ...args: unknown[]): Promise<unknown> {
    const run = (): Promise<unknown> => fit.apply(this, args) as Promise<unknown>;
    return withCaller(() => (handlers === undefined ? run() : handlers.fit(this, run)));
  };
}

function predicting(predict: Method): Replacement {
  return function (this: Model, ...args: unknown[]): unknown {
    const run = (): Output => predict.apply(this, args) as Output;
    return handlers === undefined ? run() : handlers.predict(this, run);
  };
}

function checking(run: Method): Replacement {
  return function (this: Model, ...args: unknown[]): unknown {
    handlers?.check(this);
    return run.apply(this, args);
  };
}

/** The same for a method that returns a promise, which is then rejected. */
function checkingLater(run: Method): Replacement {
  return function (this: Model, ...args: unknown[]): Promise<unknown> {
    return withCaller(() => {
      handlers?.check(this);
      return run.apply(this, args);
    });
  };
}

const GRAPH: Readonly<Record<string, (run: Method) => Replacement>> = {
  fit: fitting,
  fitDataset: fitting,
  predict: predicting,
  predictOnBatch: predicting,
  trainOnBatch: checkingLater,
  evaluateDataset: checkingLater,
  evaluate: checking,
};

/** A sequential model hands its work to its inner graph, and is looked at before that. */
const SEQUENTIAL: typeof GRAPH = {
  ...GRAPH,
  fit: checkingLater,
  fitDataset: checkingLater,
  predict: checking,
  predictOnBatch: checking,
};

const WHY = 'Models run under the policy in force, which is checked against their layers.';

function methods(target: string, owner: () => object, table: typeof GRAPH): Patch[] {
  return Object.entries(table).map(([member, around]) =>
    methodPatch({ target, member, why: WHY }, owner, around),
  );
}

const graph = (): object => tf.LayersModel.prototype;

const makeTrainFunction: Patch = methodPatch(
  {
    target: 'LayersModel.prototype',
    member: 'makeTrainFunction',
    why: 'Of each step it is known what it trains on: bad data is named, and changes nothing.',
  },
  graph,
  (original) =>
    function (this: Model): TrainFunction {
      const train = asRun(this, original.call(this) as TrainFunction);
      return batches?.step(this, train) ?? train;
    },
);

const fitLoop: Patch = methodPatch(
  {
    target: 'LayersModel.prototype',
    member: 'fitLoop',
    why: 'The data of a fit is looked at once, not in each step.',
  },
  graph,
  (original) =>
    async function (this: Model, ...args: [unknown, Batch, ...unknown[]]): Promise<unknown> {
      const run = (): Promise<unknown> => original.apply(this, args) as Promise<unknown>;
      return batches === undefined ? run() : batches.epochs(this, args[1], run);
    },
);

type Loss = (labels: Tensor, outputs: Tensor) => Tensor;
type Compiled = Model & { isOptimizerOwned: boolean; lossFunctions: Loss[] };

/** The model owns an optimizer that it got by name, as tfjs has it. */
const compile: Patch = methodPatch(
  {
    target: 'LayersModel.prototype',
    member: 'compile',
    why: "model.compile({ optimizer: 'adamw' }) works, and an unknown name is answered with those near it. Losses are handed outputs as predict gives them.",
  },
  graph,
  (original) =>
    function (this: Compiled, args: tf.ModelCompileArgs): void {
      const { optimizer: given } = args;
      const named = typeof given === 'string' ? optimizerNamed?.(given) : undefined;
      original.call(this, named === undefined ? args : { ...args, optimizer: named });
      if (named !== undefined) this.isOptimizerOwned = true;
      const users: unknown[] =
        typeof args.loss === 'object' ? Object.values(args.loss) : [args.loss];
      this.lossFunctions = this.lossFunctions.map((loss) =>
        ofHandedOut(users.includes(loss) ? loss : ofNumbers(loss)),
      );
    },
);

/** As Keras does: of integers or booleans some losses are NaN or infinite, and some refuse them. */
function ofNumbers(loss: Loss): Loss {
  return (labels, outputs) => loss(tf.cast(labels, outputs.dtype), outputs);
}

/** tfjs takes the outputs of the last layer as they are, which in 16 bits say of 0.9999 that it is 1. */
function ofHandedOut(loss: Loss): Loss {
  return (labels, outputs) => loss(labels, handlers?.judged(outputs) ?? outputs);
}

export const modelPatches: readonly Patch[] = [
  ...methods('LayersModel.prototype', graph, GRAPH),
  ...methods('Sequential.prototype', () => tf.Sequential.prototype, SEQUENTIAL),
  makeTrainFunction,
  fitLoop,
  compile,
];

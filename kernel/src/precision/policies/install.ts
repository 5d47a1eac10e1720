import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { engine } from '../../patches/engine-internals';
import { aroundLayers } from '../../patches/layer-calls';
import { ownerOf, wrapMethod, type Method, type Replacement } from '../../patches/methods';
import { regime, runAt, type Regime } from '../session';
import { describePolicy } from '../policy';
import { checkModel } from './check';
import { duringFit } from './fits';
import { inFormat, inLayer, isOutermost, notePaths } from './in-layer';
import { place } from './place';
import { innerGraph, innerLayers } from '../../models/inner-layers';

type Layer = tf.layers.Layer;
type Output = Tensor | Tensor[];

interface TapeNode {
  gradient?: (dys: Tensor[]) => Record<string, () => Tensor>;
}

interface TapeEngine {
  readonly state: { readonly activeTape: TapeNode[] };
  addTapeNode(...args: unknown[]): void;
}

let installed = false;

/**
 * Makes tfjs's layers and models run under the policies in force, with unchanged user code: each
 * layer under its own, and its part of the backward pass too. Idempotent.
 */
export function installPolicies(): void {
  if (installed) return;
  installed = true;
  watchLayers();
  watchGraphs();
  watchGradients();
  watchModels();
}

function watchLayers(): void {
  aroundLayers((layer, inputs, run) => {
    watchCall(layer);
    if (!isOutermost(layer) || !isConcrete(inputs)) return run();
    return asOutput(layer as tf.LayersModel, () => run() as Output);
  });
}

/** A model within another calls its layers' `call` itself. */
function watchGraphs(): void {
  wrapMethod(ownerOf(tf.LayersModel.prototype, 'runInternalGraph'), 'runInternalGraph', (run) => {
    return function (this: tf.LayersModel, ...args: unknown[]): unknown {
      this.layers.forEach(watchCall);
      return run.apply(this, args);
    };
  });
}

function watchCall(layer: Layer): void {
  innerLayers(layer).forEach(watchCall);
  wrapMethod(ownerOf(layer, 'call'), 'call', (call) => {
    return function (this: Layer, ...args: unknown[]): unknown {
      return inLayer(this, () => call.apply(this, args) as Output);
    };
  });
}

/** An op's gradient belongs to the layer that ran the op. */
function watchGradients(): void {
  const internals = engine() as unknown as TapeEngine;
  const addTapeNode = internals.addTapeNode.bind(internals);
  internals.addTapeNode = (...args) => {
    addTapeNode(...args);
    const here = place();
    const node = internals.state.activeTape.at(-1);
    const gradient = node?.gradient;
    if (here === undefined || node === undefined || gradient === undefined) return;
    node.gradient = (dys) => {
      const inputs = runAt(here, () => gradient(dys));
      return Object.fromEntries(
        Object.entries(inputs).map(([name, compute]) => [name, () => runAt(here, compute)]),
      );
    };
  };
}

const FITS = ['fit', 'fitDataset'] as const;
const RUNS_LATER = ['trainOnBatch', 'evaluateDataset'] as const;
const RUNS = ['evaluate'] as const;
const PREDICTS = ['predict', 'predictOnBatch'] as const;

/** A sequential model hands its work to its inner graph, and is looked at before that. */
function watchModels(): void {
  const graph = tf.LayersModel.prototype;
  const sequential = tf.Sequential.prototype;
  for (const name of FITS) wrapMethod(graph, name, fitting);
  for (const name of PREDICTS) wrapMethod(graph, name, predicting);
  for (const owner of [graph, sequential]) {
    for (const name of RUNS_LATER) wrapMethod(owner, name, checkingLater);
    for (const name of RUNS) wrapMethod(owner, name, checking);
  }
  for (const name of FITS) wrapMethod(sequential, name, checkingLater);
  for (const name of PREDICTS) wrapMethod(sequential, name, checking);
}

function fitting(fit: Method): Replacement {
  return async function (this: tf.LayersModel, ...args: unknown[]): Promise<unknown> {
    const policy = describePolicy(checked(this).policy);
    return duringFit(this, policy, () => fit.apply(this, args) as Promise<unknown>);
  };
}

function checking(run: Method): Replacement {
  return function (this: tf.LayersModel, ...args: unknown[]): unknown {
    checked(this);
    return run.apply(this, args);
  };
}

/** The same for a method that returns a promise, which is then rejected. */
function checkingLater(run: Method): Replacement {
  return async function (this: tf.LayersModel, ...args: unknown[]): Promise<unknown> {
    checked(this);
    return await run.apply(this, args);
  };
}

function predicting(run: Method): Replacement {
  return function (this: tf.LayersModel, ...args: unknown[]): unknown {
    return asOutput(this, () => run.apply(this, args) as Output);
  };
}

/** Runs a whole model; what comes out is in the output format of the policy in force. */
function asOutput(model: tf.LayersModel, fn: () => Output): Output {
  const { policy } = checked(model);
  const firstNewId = engine().nextTensorId();
  return inFormat(fn(), policy.output, firstNewId);
}

/** Sequential models by the graphs as which they run: users know the layers by the former. */
const sequentials = new WeakMap<tf.LayersModel, tf.LayersModel>();

function checked(used: tf.LayersModel): Regime {
  const graph = innerGraph(used);
  if (graph !== undefined) sequentials.set(graph, used);
  const model = sequentials.get(used) ?? used;
  const current = regime();
  notePaths(model);
  checkModel(model, current.policy, current.keep);
  return current;
}

function isConcrete(inputs: unknown): boolean {
  const [first] = Array.isArray(inputs) ? (inputs as unknown[]) : [inputs];
  return first instanceof tf.Tensor;
}

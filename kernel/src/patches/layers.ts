import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { innerLayers } from '../models/inner-layers';
import { withOwnMask } from './masks';
import { MetMethods, ownerOf } from './methods';
import { methodPatch, type Patch } from './patch';

type Layer = tf.layers.Layer;
type LayerInput = Parameters<Layer['apply']>[0];
type LayerOutput = ReturnType<Layer['apply']>;
type Output = Tensor | Tensor[];

/** Runs instead of a layer's `apply`; `run` is that, and the calls around it that came before. */
export type LayerCall = (layer: Layer, inputs: LayerInput, run: () => LayerOutput) => LayerOutput;

const applies = new Set<LayerCall>();
let inner: ((layer: Layer, run: () => Output) => Output) | undefined;

/**
 * Puts `call` around the `apply` of every layer and model of tfjs, whichever was made when; what is put
 * there later is outside. Returns what takes it away.
 */
export function aroundLayers(call: LayerCall): () => void {
  applies.add(call);
  return () => {
    applies.delete(call);
  };
}

/** How many are around layers now. */
export function callsAroundLayers(): number {
  return applies.size;
}

/** Sets what runs each layer's `call`, of layers within models and wrappers too. */
export function setLayerCall(call: (layer: Layer, run: () => Output) => Output): void {
  inner = call;
}

/** The `call` of a layer class, ours and users' too, is met when a layer is first used. */
const calls = new MetMethods('call', (call) => {
  return function (this: Layer, ...args: unknown[]): unknown {
    const run = (): Output => call.apply(this, args) as Output;
    return inner === undefined ? run() : inner(this, run);
  };
});

function meet(layer: Layer): void {
  innerLayers(layer).forEach(meet);
  calls.meet(layer);
}

const apply: Patch = methodPatch(
  {
    target: 'layers.Layer.prototype',
    member: 'apply',
    why: 'Models run under the policy in force, with their own masks; ranges and memory are recorded layer by layer.',
  },
  () => tf.layers.Layer.prototype,
  (original) => {
    const run = withOwnMask(original);
    return function (this: Layer, ...args: [LayerInput, ...unknown[]]): LayerOutput {
      meet(this);
      const stock = (): LayerOutput => run.apply(this, args) as LayerOutput;
      return [...applies].reduce<() => LayerOutput>(
        (inside, around) => () => around(this, args[0], inside),
        stock,
      )();
    };
  },
);

/** A model within another calls its layers' `call` itself. */
const runInternalGraph: Patch = methodPatch(
  {
    target: 'Container.prototype',
    member: 'runInternalGraph',
    why: 'Layers of a nested model have their own policies too.',
  },
  () => ownerOf(tf.LayersModel.prototype, 'runInternalGraph') ?? tf.LayersModel.prototype,
  (original) =>
    function (this: tf.LayersModel, ...args: unknown[]): unknown {
      this.layers.forEach(meet);
      return original.apply(this, args);
    },
);

const call: Patch = {
  target: 'each Layer class',
  member: 'call',
  why: 'A layer computes under its own policy, and hands on its output in that format.',
  isThere: () => 'call' in tf.layers.Layer.prototype,
  install: () => () => {
    calls.undoMet();
  },
};

export const layerPatches: readonly Patch[] = [apply, runInternalGraph, call];

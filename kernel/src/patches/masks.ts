import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { MetMethods, ownerOf, type Method } from './methods';
import { ModelRun } from './model-run';
import { methodPatch, type Patch } from './patch';

type Layer = tf.layers.Layer;
type Masks = Tensor | null | (Tensor | null)[];
type Kwargs = Readonly<Record<string, unknown>>;

const masksOf = new MetMethods('computeMask', (computeMask) => {
  return function (this: Layer, inputs: Tensor | Tensor[], mask?: Masks): Masks {
    const values = [inputs].flat();
    const run = ModelRun.calling(this, values);
    // Within `apply` tfjs asks without knowing the masks, and reads the answer nowhere.
    if (run === undefined || run.outputs.length === 0) {
      return computeMask.call(this, inputs, mask) as Masks;
    }
    const given = values.map((value) => run.mask(value) ?? null);
    const made = computeMask.call(this, inputs, given) as Masks;
    run.outputs.forEach((output, i) => {
      run.setMask(output, Array.isArray(made) ? made[i] : made);
    });
    return made;
  };
});

/**
 * Makes a layer's `apply` give it the mask of its own input, where tfjs hands the last mask on to all
 * layers that come later. Of a value that a layer takes twice, tfjs counts two readers and frees it too
 * early.
 */
export function withOwnMask(apply: Method): Method {
  return function (this: unknown, ...args: unknown[]): unknown {
    const [inputs, kwargs] = args as [Tensor | Tensor[], Kwargs?];
    const layer = this as Layer;
    const values = [inputs].flat();
    const run = ModelRun.calling(layer, values);
    if (run === undefined) return apply.apply(this, args);
    masksOf.meet(layer);
    const mask = values[0] && run.mask(values[0]);
    if (kwargs?.['training'] !== true) {
      for (const value of repeated(values)) run.hold(value);
    }
    run.outputs = [];
    const outputs = apply.call(this, inputs, { ...kwargs, mask });
    run.outputs = [outputs as Tensor | Tensor[]].flat();
    return outputs;
  };
}

/** Makes a function that runs a model tell its layers so. */
export function asRun<Data, Result>(
  model: tf.LayersModel,
  run: (data: Data) => Result,
): (data: Data) => Result {
  return (data) => ModelRun.of(model, () => run(data));
}

const computeMask: Patch = {
  target: 'each Layer class',
  member: 'computeMask',
  why: 'A mask is made from the masks of the layer’s own inputs, and is of one output.',
  isThere: () => 'computeMask' in tf.layers.Layer.prototype,
  install: () => () => {
    masksOf.undoMet();
  },
};

const call: Patch = methodPatch(
  {
    target: 'Container.prototype',
    member: 'call',
    why: 'A model within another gets the masks of its inputs, and hands on those of its outputs.',
  },
  () => ownerOf(tf.LayersModel.prototype, 'call') ?? tf.LayersModel.prototype,
  (original) =>
    function (this: tf.LayersModel, inputs: Tensor | Tensor[], kwargs?: Kwargs): unknown {
      const outer = ModelRun.innermost;
      const { mask, ...others } = kwargs ?? {};
      const given = [mask as Masks | undefined].flat();
      return ModelRun.of(this, (run) => {
        [inputs].flat().forEach((value, i) => {
          run.setMask(value, outer?.mask(value) ?? given[i]);
        });
        const outputs = original.call(this, inputs, others) as Tensor | Tensor[];
        for (const output of [outputs].flat()) outer?.setMask(output, run.mask(output));
        return outputs;
      });
    },
);

function repeated(values: readonly Tensor[]): Tensor[] {
  return values.filter((value, i) => values.indexOf(value) < i);
}

export const maskPatches: readonly Patch[] = [computeMask, call];

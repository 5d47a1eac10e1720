import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

type Mask = Tensor | null | undefined;

/** A model that tfjs runs layer by layer: the masks of its values, and the values it mustn't free yet. */
export class ModelRun {
  static readonly #running: ModelRun[] = [];
  readonly #masks = new Map<Tensor, Tensor>();
  readonly #held = new Map<Tensor, { isFreed: boolean }>();
  /** What the last layer gave. */
  outputs: readonly Tensor[] = [];

  private constructor(readonly model: tf.LayersModel) {}

  /** The innermost model that runs. */
  static get innermost(): ModelRun | undefined {
    return ModelRun.#running.at(-1);
  }

  /** The run that calls a layer on tensors; undefined where the user does, or another layer. */
  static calling(layer: tf.layers.Layer, inputs: readonly unknown[]): ModelRun | undefined {
    const run = ModelRun.innermost;
    const isCalled = inputs[0] instanceof tf.Tensor && run?.model.layers.includes(layer);
    return isCalled ? run : undefined;
  }

  /** Runs a model by `fn`. */
  static of<T>(model: tf.LayersModel, fn: (run: ModelRun) => T): T {
    const run = new ModelRun(model);
    ModelRun.#running.push(run);
    try {
      return fn(run);
    } finally {
      ModelRun.#running.pop();
      run.#end();
    }
  }

  mask(value: Tensor): Tensor | undefined {
    return this.#masks.get(value);
  }

  /** tfjs frees masks of a model within another when that ends, those that came from outside too. */
  setMask(value: Tensor, mask: Mask): void {
    if (!mask) return;
    this.#masks.get(value)?.dispose();
    this.#masks.set(value, tf.keep(tf.clone(mask)));
  }

  /** Frees a value only when the run has ended. */
  hold(value: Tensor): void {
    if (this.#held.has(value)) return;
    const state = { isFreed: false };
    this.#held.set(value, state);
    value.dispose = () => {
      state.isFreed = true;
    };
  }

  #end(): void {
    for (const mask of this.#masks.values()) mask.dispose();
    for (const [value, { isFreed }] of this.#held) {
      Reflect.deleteProperty(value, 'dispose');
      if (isFreed) value.dispose();
    }
  }
}

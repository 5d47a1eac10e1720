/** What a check has at hand: the model, its inputs, the judge, and a folder for files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, inputTensors } from './build.mjs';
import { agreement } from './judge/agreement.mjs';
import { difference } from './judge/bounds.mjs';
import { KINDS } from './layers.mjs';
import { Random, seedOf } from './random.mjs';

export class Context {
  #made = [];
  #folders = [];

  constructor(kit, judge, spec, check, folder) {
    Object.assign(this, { kit, tf: kit.tf, halfnote: kit.halfnote, judge, spec });
    /** Choices of a check, which stay as they are while a model is made smaller. */
    this.random = new Random(seedOf(spec.seed, check));
    this.base = folder;
  }

  model() {
    return this.keep(build(this.kit, this.spec));
  }

  /** Inputs as `predict` and `apply` take them. */
  inputs() {
    const tensors = inputTensors(this.kit, this.spec);
    for (const tensor of tensors) this.keep(tensor);
    return tensors.length === 1 ? tensors[0] : tensors;
  }

  /** Disposed of when the check has ended. */
  keep(thing) {
    this.#made.push(thing);
    return thing;
  }

  folder() {
    const path = join(this.base, `model-${process.pid}-${this.#folders.length}`);
    this.#folders.push(path);
    return path;
  }

  /** The values of results, which are disposed of. */
  read(results) {
    return [results].flat().map((tensor) => {
      const { shape, dtype } = tensor;
      const values = Float64Array.from(tensor.dataSync());
      tensor.dispose();
      return { shape, dtype, values };
    });
  }

  /** A sentence where results aren't what a format can make of the judge's. */
  async compare(results, task, format) {
    const first = difference(results, await this.judge.ask(this.spec, task, format), format);
    if (first === undefined) return undefined;
    return difference(results, await this.judge.ask(this.spec, task, format, true), format);
  }

  /** As `compare`, of two that run the same codes: the format is of the roundings in which they may differ. */
  async agree(results, reference, format) {
    const spreadOf = async (patient) =>
      (await this.judge.ask(this.spec, 'predict', format, patient)).spread;
    const first = agreement(results, reference, await spreadOf(false));
    return first && agreement(results, reference, await spreadOf(true));
  }

  release() {
    for (const thing of this.#made) thing.dispose?.();
    for (const path of this.#folders) rmSync(path, { recursive: true, force: true });
  }
}

/** Every layer of a model, those in others too, as kind and arguments. */
export function layersOf(spec) {
  return spec.nodes.flatMap(({ layer, model }) =>
    model !== undefined
      ? layersOf(model)
      : layer === undefined
        ? []
        : [layer, ...(layer.args.layer ? [layer.args.layer] : [])],
  );
}

export const isNoisy = (spec) => layersOf(spec).some(({ kind }) => KINDS[kind]?.noise === true);

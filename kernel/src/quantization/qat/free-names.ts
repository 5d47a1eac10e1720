import type { ModelGraph } from '../../models/model-graph';

/** Names for layers that are put into a model: each is used once, and one that tfjs takes. */
export class FreeNames {
  readonly #taken: Set<string>;

  constructor({ nodes, inputs }: ModelGraph) {
    this.#taken = new Set([...nodes, ...inputs].map(({ id }) => id));
  }

  /** The name where it is free, else one like it. Of ids, the numbers of calls and of further outputs are in it. */
  take(wanted: string): string {
    const plain = wanted.replace(/[^\w./-]/g, '.');
    let name = plain;
    for (let n = 2; this.#taken.has(name); n++) name = `${plain}_${n}`;
    this.#taken.add(name);
    return name;
  }
}

import type { ValueId } from '../../../models/model-graph';
import type { ElementType } from '../proto/element-type';
import type { Layout } from './layout';

/** What the values of a model are called in the graph, in each type and layout in which they are at hand. */
export class ValueNames {
  readonly #names = new Map<ValueId, Map<`${ElementType}, ${Layout}`, string>>();

  get(id: ValueId, type: ElementType, layout: Layout): string | undefined {
    return this.#names.get(id)?.get(`${type}, ${layout}`);
  }

  set(id: ValueId, type: ElementType, layout: Layout, name: string): void {
    const names = this.#names.get(id) ?? new Map<`${ElementType}, ${Layout}`, string>();
    names.set(`${type}, ${layout}`, name);
    this.#names.set(id, names);
  }

  /** Whether a value is at hand in a layout, whatever its type. */
  isIn(id: ValueId, layout: Layout): boolean {
    return [...(this.#names.get(id)?.keys() ?? [])].some((key) => key.endsWith(` ${layout}`));
  }

  /** Makes `id` another name of the value `of`. */
  alias(id: ValueId, of: ValueId): void {
    const names = this.#names.get(of);
    if (names === undefined) throw new Error(`'${of}' is read before it is made`);
    this.#names.set(id, new Map(names));
  }
}

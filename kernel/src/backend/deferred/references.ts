import type { Handles } from './handles';
import { external, readOf, type External } from './tape';

/** Numbers what a segment uses from outside of it, in the order of first use. */
export class References {
  private readonly slots = new Map<number, number>();
  /** By slot. */
  readonly ids: number[] = [];
  private readonly written = new Set<number>();

  /** @param followsVariables Whether a handle with a variable's present value stands for the variable. */
  constructor(
    private readonly handles: Handles,
    private readonly followsVariables = true,
  ) {}

  /** A reference to a handle from before the segment: a read of a variable if it holds its present value. */
  to(id: number): number {
    const resource = this.followsVariables ? this.handles.readBy(id) : undefined;
    return resource !== undefined && !this.written.has(resource)
      ? readOf(this.slot(resource))
      : external(this.slot(id));
  }

  /** The segment writes into this resource: handles with its value from before are tensors from now on. */
  write(resource: number): void {
    this.written.add(resource);
  }

  get writtenResources(): ReadonlySet<number> {
    return this.written;
  }

  /** What stands in a slot; undefined for a handle whose type nobody knows. */
  describe(slot: number): External | undefined {
    const id = this.ids[slot] ?? -1;
    const type = this.handles.typeOf(id);
    return type && { isResource: this.handles.isResource(id), type };
  }

  private slot(id: number): number {
    const known = this.slots.get(id);
    if (known !== undefined) return known;
    const slot = this.ids.push(id) - 1;
    this.slots.set(id, slot);
    return slot;
  }
}

import type { NativeBackend } from './binding';
import { castHandle } from './raw';
import { DT, isLow } from './dtypes';

/**
 * 16-bit copies of fp32 tensors, made once per scope: a weight is used in the forward pass and in each
 * of the two products of the backward pass. A tensor's data never changes under its `dataId`, so a copy
 * is right for as long as the data lives.
 */
export class CastCache {
  private readonly copies = new Map<object, { readonly id: number; readonly code: number }>();

  constructor(private readonly backend: NativeBackend) {}

  /** A handle that the cache owns, or undefined when this cast isn't worth keeping. */
  cast(dataId: object, id: number, from: number, to: number): number | undefined {
    if (from !== DT.float || !isLow(to)) return undefined;
    const known = this.copies.get(dataId);
    if (known?.code === to) return known.id;
    if (known !== undefined) this.backend.binding.deleteTensor(known.id);
    const copy = castHandle(id, from, to);
    this.copies.set(dataId, { id: copy, code: to });
    return copy;
  }

  /** The source is about to be freed. */
  drop(dataId: object): void {
    const known = this.copies.get(dataId);
    if (known === undefined) return;
    this.backend.binding.deleteTensor(known.id);
    this.copies.delete(dataId);
  }

  clear(): void {
    for (const { id } of this.copies.values()) this.backend.binding.deleteTensor(id);
    this.copies.clear();
  }
}

import type { NativeBackend } from './binding';
import { castHandle, deleteHandles } from './raw';
import { DT } from './dtypes';

interface Copy {
  readonly id: number;
  readonly through: number;
  readonly to: number;
}

/**
 * A new handle of type `to`, with the values rounded to type `through` on the way. The intermediate
 * handle is freed.
 */
export function castThrough(id: number, from: number, through: number, to: number): number {
  if (from === through) return castHandle(id, from, to);
  const rounded = castHandle(id, from, through);
  if (through === to) return rounded;
  try {
    return castHandle(rounded, through, to);
  } finally {
    deleteHandles(rounded);
  }
}

/**
 * Rounded copies of fp32 tensors, made once per scope: a weight is used in the forward pass and in each
 * of the two products of the backward pass. A tensor's data never changes under its `dataId`, so a copy
 * is right for as long as the data lives.
 */
export class CastCache {
  private readonly copies = new Map<object, Copy>();

  constructor(private readonly backend: NativeBackend) {}

  /** The handle of a copy that was made before. */
  find(dataId: object, through: number, to: number): number | undefined {
    const known = this.copies.get(dataId);
    return known?.through === through && known.to === to ? known.id : undefined;
  }

  /** A new handle that the cache owns, or undefined when this cast isn't worth keeping. */
  cast(dataId: object, id: number, from: number, through: number, to: number): number | undefined {
    if (from !== DT.float || through === DT.float) return undefined;
    this.drop(dataId);
    const copy = { id: castThrough(id, from, through, to), through, to };
    this.copies.set(dataId, copy);
    return copy.id;
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

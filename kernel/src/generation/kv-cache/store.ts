import type { Tensor4D } from '@tensorflow/tfjs';
import type { Said } from '../../formats/uses';

/** What a store's elements take: 4, 2 or 1 bytes. `uint8` holds whole numbers from 0 to 255. */
export type StoredFormat = Extract<Said<'kv'>, { stored: unknown }>['stored'] | 'uint8';

/**
 * A growing tensor [batch, heads, length, width] that is kept in few bytes: numbers are converted as
 * they come, and given back as floats.
 */
export interface SequenceStore {
  /** Places along axis 2. */
  readonly length: number;
  /** Bytes that are really held. */
  readonly bytes: number;
  append(values: Tensor4D): void;
  /** All of it, as a new tensor. Must not be empty. */
  read(): Tensor4D;
  /** Removes the first `count` places and returns them as a new tensor. */
  shift(count: number): Tensor4D;
  dispose(): void;
}

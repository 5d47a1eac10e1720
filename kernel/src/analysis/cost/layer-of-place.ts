import type { layers } from '@tensorflow/tfjs';
import type { Place } from '../../precision/policies/place';

/** The innermost of some layers that a place is in: what runs in a wrapper belongs to the wrapper. */
export function rowOf(
  at: Place | undefined,
  rows: ReadonlySet<layers.Layer>,
): layers.Layer | undefined {
  if (at === undefined || rows.has(at.layer)) return at?.layer;
  return rowOf(at.outer, rows);
}

import type { ActivationRounding, QuantizedGraph } from '../graph/quantized-graph';

/**
 * Bytes up to which values are computed at once. Of larger ones the caches hold nothing by the time
 * they are read, and above 32 MiB glibc gives their memory back to the system after each use, which
 * has to find and clear pages for the next one.
 */
export const PART_BYTES = 16 * 2 ** 20;

/** Rows of a batch, from `start` on. */
export interface Part {
  readonly start: number;
  readonly count: number;
}

/**
 * How many rows of a batch are best computed at a time: Infinity where one row's results depend on
 * the others, as ranges do that are taken from each batch, or where sizes beside the batch's are open.
 */
export function rowsAtOnce(graph: QuantizedGraph): number {
  const { inputs, outputs, nodes, values, activations } = graph;
  const ends = [...inputs.map(({ id }) => id), ...outputs];
  const isOpen = ends.every((id) => values.get(id)?.shape[0] === null);
  const isDynamic = nodes.some(
    ({ op }) => op.kind === 'linear' && (op.input === 'dynamic' || isOfBatch(op.activations)),
  );
  if (!isOpen || isDynamic) return Infinity;
  const bytes = [...values.values()].map(({ id, shape }) => {
    const size = shape.slice(1).reduce<number>((a, b) => a * (b ?? NaN), 1);
    return size * (activations.has(id) && !ends.includes(id) ? 1 : 4);
  });
  const largest = Math.max(1, ...bytes);
  return Number.isNaN(largest) ? Infinity : Math.max(1, Math.floor(PART_BYTES / largest));
}

/** Whether a scale is that of a batch, be it this one or those before. */
function isOfBatch(rounding: ActivationRounding | undefined): boolean {
  return rounding?.scale === 'batch' || rounding?.scale === 'delayed';
}

/** Cuts rows into as few parts of at most `atOnce` rows as will do, of much the same size. */
export function partsOf(rows: number, atOnce: number): readonly [Part, ...Part[]] {
  if (rows <= atOnce) return [{ start: 0, count: rows }];
  const size = Math.ceil(rows / Math.ceil(rows / atOnce));
  const parts: [Part, ...Part[]] = [{ start: 0, count: size }];
  for (let start = size; start < rows; start += size) {
    parts.push({ start, count: Math.min(size, rows - start) });
  }
  return parts;
}

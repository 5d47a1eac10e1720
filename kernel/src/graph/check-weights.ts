import { HalfnoteError } from '../errors';
import type { ModelGraph } from '../models/model-graph';

/** @throws HalfnoteError `not-finite` for the first weight that is no number, by layer and index. */
export function checkWeights(graph: ModelGraph): void {
  for (const { id, layer } of graph.nodes) {
    for (const weight of layer.weights) {
      const tensor = weight.read();
      if (tensor.dtype !== 'float32') continue;
      const values = tensor.dataSync<'float32'>();
      const bad = values.findIndex((w) => !Number.isFinite(w));
      if (bad < 0) continue;
      throw new HalfnoteError(
        'not-finite',
        `Layer '${id}' has ${values[bad] ?? NaN} in its ${partOf(weight.originalName)} at [${placeOf(bad, tensor.shape).join(', ')}]; quantizing needs finite weights.`,
        'Training has diverged, or a file was read wrongly: mend the float model first.',
      );
    }
  }
}

/** The last part of a weight's name: `kernel` of `dense_1/kernel`. */
function partOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** An index per axis, of a row-major one. */
export function placeOf(index: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return place;
}

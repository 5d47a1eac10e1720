import { type ForeignGraph, usedBy } from '../../export/onnx/foreign/foreign-graph';
import { shapeOf, typeOf } from '../../export/onnx/foreign/tensor-values';
import { countOf } from '../../quantization/onnx/products';

/** The float element types of ONNX, with their bytes. */
export const FLOAT_BYTES: ReadonlyMap<string, number> = new Map([
  ['float32', 4],
  ['float64', 8],
  ['float16', 2],
  ['bfloat16', 2],
]);

/** Of the constants that are floats; further ones are shapes, axes and codes. */
export function weightsOf(graph: ForeignGraph): {
  readonly parameters: number;
  readonly weightBytes: number;
} {
  const used = new Set(graph.nodes.flatMap(usedBy));
  let [parameters, weightBytes] = [0, 0];
  for (const [name, constant] of graph.constants) {
    const bytes = FLOAT_BYTES.get(typeOf(constant));
    if (bytes === undefined || !used.has(name)) continue;
    const count = countOf(shapeOf(constant));
    parameters += count;
    weightBytes += bytes * count;
  }
  return { parameters, weightBytes };
}

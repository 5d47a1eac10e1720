import type { onnx } from 'onnx-proto';
import { graphsOf, isStandard } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { isFloat32, shapeOf } from '../../export/onnx/foreign/tensor-values';
import { loadOnnx } from '../../export/onnx/onnx-model';
import { float32Tensor } from '../../export/onnx/proto/tensor';

/** Makers of numbers that are other ones each time, and of what isn't float. */
const NEVER = ['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike'];
const CODES = ['DequantizeLinear', 'Multinomial', 'Bernoulli'];
const FACTORS = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'];

/**
 * Makes constants of the weights and biases that nodes compute from constants alone: turned, reshaped,
 * cast or passed on. ONNX Runtime computes them, so they are what they were to it. Weights that are in
 * codes already stay so.
 */
export async function foldConstants(graph: ForeignGraph): Promise<void> {
  const { makers } = graph.index();
  const wanted = new Set<string>();
  for (const node of graph.nodes) {
    if (!isStandard(node) || !FACTORS.includes(node.opType ?? '')) continue;
    for (const name of (node.input ?? []).slice(1)) {
      if (name !== '' && makers.has(name) && isConstant(name, graph, makers)) wanted.add(name);
    }
  }
  if (wanted.size === 0) return;
  const values = await computed(graph, [...wanted]);
  for (const node of graph.nodes) {
    node.input = (node.input ?? []).map((name) => values.get(name) ?? name);
  }
}

function isConstant(
  name: string,
  graph: ForeignGraph,
  makers: ReadonlyMap<string, onnx.INodeProto>,
): boolean {
  if (graph.constant(name) !== undefined) return true;
  const maker = makers.get(name);
  if (maker === undefined || graphsOf(maker).length > 0) return false;
  const op = maker.opType ?? '';
  if (!isStandard(maker) || NEVER.includes(op) || CODES.includes(op)) return false;
  return (maker.input ?? []).every((input) => input === '' || isConstant(input, graph, makers));
}

/** The names of new constants with what ONNX Runtime computes; without what isn't float32. */
async function computed(
  graph: ForeignGraph,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const model = await loadOnnx(graph.encodeAlone(names));
  try {
    const results = await model.run([]);
    const made = new Map<string, string>();
    for (const name of names) {
      const result = results[name];
      if (result?.type !== 'float32') continue;
      const tensor = float32Tensor(result.data as Float32Array, result.dims);
      made.set(name, graph.addConstant(`${name}_folded`, tensor));
    }
    return made;
  } finally {
    await model.dispose();
  }
}

/** Whether a constant is a float32 vector of a length. */
export function isVector(constant: onnx.ITensorProto | undefined, length: number): boolean {
  return constant !== undefined && isFloat32(constant) && String(shapeOf(constant)) === `${length}`;
}

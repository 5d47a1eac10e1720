import type { onnx } from 'onnx-proto';
import { nameOf } from '../../export/onnx/foreign/attributes';
import { ForeignGraph, usedBy } from '../../export/onnx/foreign/foreign-graph';
import { shapeOf, typeOf } from '../../export/onnx/foreign/tensor-values';
import type { OnnxValue } from '../../export/onnx/summary';
import type { PlottedNode } from '../../payloads/graph/schema';
import type { ReportRow } from '../../quantization/report';
import { countOf } from '../../quantization/onnx/products';
import { inputNode } from './of-layers';
import { shapeText } from './shape-text';

/** Bits of element types whose names don't end with them. */
const BITS: Readonly<Record<string, number>> = { bool: 8, bfloat16: 16 };
/** How formats are called elsewhere here. */
const FORMATS: Readonly<Record<string, string>> = {
  float32: 'fp32',
  float64: 'fp64',
  float16: 'fp16',
  bfloat16: 'bf16',
};

/**
 * The nodes of an ONNX graph, its inputs first. What reads constants alone, as the widening of codes does,
 * is part of the node that reads it.
 * @param reports Of a model that was quantized: what became of its products.
 */
export function nodesOfOnnx(
  graph: ForeignGraph,
  inputs: readonly OnnxValue[],
  reports: readonly ReportRow[] = [],
): PlottedNode[] {
  const rows = new Map(reports.map((row) => [row.name, row]));
  const shapes = statedShapes(graph);
  const makers = new Map<string, number>();
  /** Constants, and what is made of them alone: the constants behind each. */
  const constants = new Map([...graph.constants.keys()].map((name) => [name, [name]]));
  const nodes = inputs.map(({ name, shape }, place) => {
    makers.set(name, place);
    return inputNode(name, shapeText(shape));
  });
  for (const node of graph.nodes) {
    const used = usedBy(node);
    const behind = [...new Set(used.flatMap((name) => constants.get(name) ?? []))];
    const outputs = (node.output ?? []).filter((name) => name !== '');
    if (used.length > 0 && used.every((name) => constants.has(name))) {
      for (const output of outputs) constants.set(output, behind);
      continue;
    }
    const name = nameOf(node);
    const row = rows.get(name);
    const weights = weightsOf(graph, behind);
    for (const output of outputs) makers.set(output, nodes.length);
    nodes.push({
      name,
      kind: node.opType ?? '',
      shape: shapeText(shapes.get(outputs[0] ?? '')),
      format: row?.format ?? weights.format,
      weightBytes: row?.weightBytes ?? weights.bytes,
      sqnrDb: null,
      why: row?.reason ?? '',
      inputs: [...new Set(used.flatMap((value) => makers.get(value) ?? []))],
    });
  }
  return nodes;
}

/** Bytes of constants, and the type that most of them are in. */
function weightsOf(
  graph: ForeignGraph,
  names: readonly string[],
): { readonly bytes: number; readonly format: string } {
  let [bytes, most, format] = [0, 0, ''];
  for (const name of names) {
    const constant = graph.constant(name);
    if (constant === undefined) continue;
    const type = typeOf(constant);
    const shape = shapeOf(constant);
    const own = Math.ceil((countOf(shape) * bitsOf(type)) / 8);
    // Shapes and axes are no weights.
    if (type === 'int64' || shape.length === 0) continue;
    bytes += own;
    if (own > most) [most, format] = [own, FORMATS[type] ?? type];
  }
  return { bytes, format };
}

function bitsOf(type: string): number {
  return BITS[type] ?? Number(/(\d+)/.exec(type)?.[1] ?? 32);
}

/** Shapes that the file states. */
function statedShapes({ model }: ForeignGraph): Map<string, (number | string)[]> {
  const graph = model.graph ?? {};
  const all: onnx.IValueInfoProto[] = [...(graph.valueInfo ?? []), ...(graph.output ?? [])];
  return new Map(
    all.flatMap(({ name, type }) => {
      const dims = type?.tensorType?.shape?.dim;
      if (!name || !dims) return [];
      return [
        [name, dims.map(({ dimValue, dimParam }) => dimParam || Number(dimValue ?? 0) || '?')],
      ] as const;
    }),
  );
}

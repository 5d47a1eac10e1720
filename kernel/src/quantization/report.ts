import type { Execution } from '../backend/contract';
import type { MimeBundle } from '../host';
import { fold, notes, stacked, staticBundle } from '../display/fallback';
import { verdict } from '../display/verdict';
import { worstFirst } from '../display/worst-first';
import type { Column } from '../display/table';
import type { NodeReport } from '../execution/report';
import type { ModelGraph } from '../models/model-graph';
import type { QuantizedGraph, QuantizedNode, WeightFormat } from '../graph/quantized-graph';
import type { AffineParams } from '../integer/affine';
import { floatFirst, reportVerdict } from './report-verdict';

/** What became of one call of one layer. */
export interface LayerReport {
  readonly name: string;
  /** The layer's class: `Dense`, `Conv2D`, ... */
  readonly kind: string;
  /**
   * Format of the weights; `uint8` for layers without any that move or pool codes. `folded`: the
   * layer is now part of the one before it.
   */
  readonly format: WeightFormat | 'uint8' | 'fp32' | 'folded';
  /** Undefined for layers that stay in float, and those without work. */
  readonly execution: Execution | undefined;
  readonly kernel: string;
  readonly reason: string;
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
  /** Of the layer's input, in static mode. */
  readonly activations: AffineParams | undefined;
}

/** A row of a report: of a layer, or of a node of an ONNX model in any format. */
export interface ReportRow extends Omit<LayerReport, 'format'> {
  readonly format: string;
}

export interface QuantizationReport {
  readonly title: string;
  readonly layers: readonly ReportRow[];
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
  readonly notes: readonly string[];
}

/** What the report needs to know of the float model. */
export interface FloatLayer {
  readonly id: string;
  readonly kind: string;
  /** Bytes of the weights, with the layer's first call. */
  readonly weightBytes: number;
}

export function floatLayers({ nodes }: ModelGraph): FloatLayer[] {
  const seen = new Set<unknown>();
  return nodes.map(({ id, layer }) => {
    const weights = seen.has(layer) ? [] : layer.weights;
    seen.add(layer);
    const weightBytes = weights.reduce(
      (sum, { shape }) => sum + 4 * shape.reduce<number>((a, b) => a * (b ?? 1), 1),
      0,
    );
    return { id, kind: layer.getClassName(), weightBytes };
  });
}

/** One row per call of a layer of the float model, in its order. */
export function layerReports(
  source: readonly FloatLayer[],
  graph: QuantizedGraph,
  runs: readonly NodeReport[],
): LayerReport[] {
  const reports = new Map(runs.map((run) => [run.id, run]));
  return source.map((layer) => {
    const own = graph.nodes.filter(({ fused }) => fused[0] === layer.id);
    const main = own.find(({ id }) => id === layer.id);
    if (main === undefined) return foldedReport(layer, graph);
    const run = reports.get(main.id);
    return {
      name: layer.id,
      kind: layer.kind,
      format: formatOf(main, graph),
      execution: run?.execution,
      kernel: run?.kernel ?? '',
      reason: run?.reason ?? '',
      weightBytes: own.reduce((sum, { id }) => sum + (reports.get(id)?.weightBytes ?? 0), 0),
      floatWeightBytes: layer.weightBytes,
      activations: graph.activations.get(own[0]?.inputs[0] ?? ''),
    };
  });
}

function foldedReport(layer: FloatLayer, { nodes }: QuantizedGraph): LayerReport {
  const into = nodes.find(({ fused }) => fused.includes(layer.id));
  return {
    name: layer.id,
    kind: layer.kind,
    format: 'folded',
    execution: undefined,
    kernel: 'none',
    reason: `folded into ${into?.id ?? 'the layer before it'}`,
    weightBytes: 0,
    floatWeightBytes: layer.weightBytes,
    activations: undefined,
  };
}

function formatOf({ op, output }: QuantizedNode, graph: QuantizedGraph): LayerReport['format'] {
  if (op.kind === 'linear') return op.weights.format;
  return op.kind !== 'float' && graph.activations.has(output) ? 'uint8' : 'fp32';
}

/** Whether it is a layer with quantized weights, and not in float or part of another. */
export function hasIntegerWeights({ format }: LayerReport): boolean {
  return format !== 'fp32' && format !== 'folded' && format !== 'uint8';
}

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Kind', align: 'left' },
  { header: 'Format', align: 'left' },
  { header: 'Execution', align: 'left' },
  { header: 'Kernel', align: 'left', brief: briefKernel },
  { header: 'Bytes' },
  { header: 'In fp32' },
  { header: 'Why', align: 'left' },
];

/** Notes that are read; more are looked up. */
const FEW_NOTES = 3;

/** The report as HTML and text; `model` is the variable that holds what it is of. */
export function reportBundle(report: QuantizationReport, model?: string): MimeBundle {
  const rows = report.layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.format,
    layer.format === 'folded' ? '' : (layer.execution ?? 'float'),
    layer.kernel,
    layer.weightBytes.toLocaleString('en'),
    layer.floatWeightBytes.toLocaleString('en'),
    layer.reason,
  ]);
  const remarks = notes(report.notes);
  return staticBundle(
    stacked(
      verdict(reportVerdict(report, model)),
      worstFirst(COLUMNS, rows, floatFirst(report.layers), {
        what: 'layers',
        order: 'in float first, then most bytes',
        caption: report.title,
      }),
      report.notes.length > FEW_NOTES
        ? fold(`What to know of it, ${report.notes.length} notes`, remarks)
        : remarks,
    ),
  );
}

/**
 * `QuantizedConv2D (u8 x s8 → u8)`: without what TensorFlow's fused operators name at length, and
 * with what goes in and out on one line.
 */
function briefKernel(kernel: string): string {
  return kernel
    .replace(/^_Mkl(\w+?)(With\w+)?(?= |$)/, '$1')
    .replace(/\(.*\)/, (types) => types.replaceAll('->', '→').replaceAll(' ', '\u00a0'));
}

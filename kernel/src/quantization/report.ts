import type { Execution } from '../backend/contract';
import type { MimeBundle } from '../host';
import { type Column, htmlTable, textTable } from '../mime/table';
import { escapeHtml } from '../mime/text';
import type { AffineParams } from './scheme';

/** What became of one layer. */
export interface LayerReport {
  readonly name: string;
  /** The layer's class: `Dense`, `Conv2D`, ... */
  readonly kind: string;
  /** Format of the weights. `folded`: the layer is now part of the one before it. */
  readonly format: 'int8' | 'fp32' | 'folded';
  /** Of the int8 product; undefined for layers that stay in float. */
  readonly execution: Execution | undefined;
  readonly kernel: string;
  readonly reason: string;
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
  /** Of the layer's input, in static mode. */
  readonly activations: AffineParams | undefined;
}

export interface QuantizationReport {
  readonly title: string;
  readonly layers: readonly LayerReport[];
  readonly weightBytes: number;
  readonly floatWeightBytes: number;
  readonly notes: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Kind', align: 'left' },
  { header: 'Weights', align: 'left' },
  { header: 'Execution', align: 'left' },
  { header: 'Kernel', align: 'left' },
  { header: 'Bytes' },
  { header: 'In fp32' },
  { header: 'Why', align: 'left' },
];

/** The report as HTML and text. */
export function reportBundle(report: QuantizationReport): MimeBundle {
  const rows = report.layers.map((layer) => [
    layer.name,
    layer.kind,
    layer.format,
    layer.execution ?? 'float',
    layer.kernel,
    String(layer.weightBytes),
    String(layer.floatWeightBytes),
    layer.reason,
  ]);
  const caption = `${report.title}: ${summary(report)}`;
  const notes = report.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('');
  return {
    'text/html': htmlTable(COLUMNS, rows, { caption }) + notes,
    'text/plain': [textTable(COLUMNS, rows, { caption }), ...report.notes].join('\n'),
  };
}

function summary({ weightBytes, floatWeightBytes }: QuantizationReport): string {
  if (floatWeightBytes === 0) return 'no weights';
  const percent = (100 * weightBytes) / floatWeightBytes;
  return `${weightBytes} of ${floatWeightBytes} bytes of weights (${percent.toFixed(1)}%)`;
}

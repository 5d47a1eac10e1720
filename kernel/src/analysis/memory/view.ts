import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { notes, stacked, staticBundle, table } from '../../mime/fallback';
import type { Column, Row } from '../../mime/table';
import { ABSENT, bytes, percent } from '../../mime/units';
import type { FormatMemory, LayerRow } from './training-memory';

export interface TrainingMemoryResult {
  readonly model: string;
  readonly batchSize: number;
  readonly optimizer: string;
  readonly formats: readonly FormatMemory[];
}

const FORMAT_COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Execution', align: 'left' },
  { header: 'Weights', group: 'Held during a step, modelled' },
  { header: 'Copies', group: 'Held during a step, modelled' },
  { header: 'Gradients', group: 'Held during a step, modelled' },
  { header: 'Optimizer', group: 'Held during a step, modelled' },
  { header: 'Activations', group: 'Held during a step, modelled' },
  { header: 'Batch', group: 'Held during a step, modelled' },
  { header: 'Peak, modelled' },
  { header: 'Peak, measured' },
  { header: 'Difference' },
];

/** What {@link trainingMemory} found: by format, and by layer. Shows itself as two tables. */
export class TrainingMemory implements Displayable {
  constructor(readonly result: TrainingMemoryResult) {}

  /** What one format needs, or undefined. */
  format(name: string): FormatMemory | undefined {
    return this.result.formats.find(({ format }) => format === name);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { formats } = this.result;
    const captions = this.captions();
    return staticBundle(
      stacked(
        table(FORMAT_COLUMNS, formats.map(formatRow), { caption: captions.formats }),
        table(layerColumns(formats), layerRows(formats), { caption: captions.layers }),
        notes(remarks(this.result)),
      ),
    );
  }

  private captions(): { readonly formats: string; readonly layers: string } {
    const { model, batchSize, optimizer } = this.result;
    return {
      formats: `Memory of training ${model}: batch ${batchSize}, ${optimizer}`,
      layers: 'The same by layer, modelled',
    };
  }
}

function formatRow(row: FormatMemory): Row {
  const { total, predictedPeakBytes: predicted, measuredPeakBytes: measured } = row;
  return [
    row.format,
    row.execution,
    size(total.weights),
    size(total.copies),
    size(total.gradients),
    size(total.optimizer),
    size(total.activations),
    size(row.batchBytes),
    size(predicted),
    measured === null ? ABSENT : size(measured),
    measured === null ? ABSENT : difference(predicted / measured - 1),
  ];
}

/** By how much more, or less, was modelled than measured. */
function difference(fraction: number): string {
  if (Math.abs(fraction) < 5e-5) return '0%';
  return `${fraction < 0 ? '-' : '+'}${percent(Math.abs(fraction))}`;
}

function layerColumns(formats: readonly FormatMemory[]): Column[] {
  const masters = ['Weights', 'Gradients', 'Optimizer'].map((header) => ({ header }));
  const per = (group: string, shown: readonly FormatMemory[]): Column[] =>
    shown.map(({ format }) => ({ header: format, group }));
  return [
    { header: 'Layer' },
    { header: 'Kind', align: 'left' },
    { header: 'Parameters' },
    ...masters,
    ...per('Copies of weights', withCopies(formats)),
    ...per('Activations kept', formats),
  ];
}

function layerRows(formats: readonly FormatMemory[]): Row[] {
  const [first] = formats;
  return (first?.layers ?? []).map((layer, index) => {
    const of = (pick: (row: LayerRow) => number, shown: readonly FormatMemory[]): string[] =>
      shown.map(({ layers }) => size(pick(layers[index] ?? layer)));
    return [
      layer.name,
      layer.kind,
      layer.parameters.toLocaleString('en'),
      size(layer.weights),
      size(layer.gradients),
      size(layer.optimizer),
      ...of(({ copies }) => copies, withCopies(formats)),
      ...of(({ activations }) => activations, formats),
    ];
  });
}

function withCopies(formats: readonly FormatMemory[]): readonly FormatMemory[] {
  return formats.filter(({ total }) => total.copies > 0);
}

function size(value: number): string {
  return value === 0 ? ABSENT : bytes(Math.round(value));
}

function remarks({ formats, batchSize }: TrainingMemoryResult): string[] {
  const [base, ...others] = formats;
  const least = others.toSorted((a, b) => peak(a) - peak(b))[0];
  const against =
    base === undefined || least === undefined
      ? []
      : [
          peak(least) < peak(base)
            ? `${least.format} takes ${percent(1 - peak(least) / peak(base))} less than ${base.format} at its peak.`
            : `No format here takes less than ${base.format} at batch ${batchSize}: weights, gradients and the optimizer's state are fp32 in all of them, and copies of the weights come on top.`,
        ];
  return [
    ...against,
    'The parts are not all held at the same moment: the peak is of their timeline, with what the backward pass works on.',
    "Modelled from steps with 2 and 3 samples, whose tensors grow with the batch; measured in one real step's native tensors. What an op needs for itself while it runs is in neither.",
  ];
}

function peak({ measuredPeakBytes, predictedPeakBytes }: FormatMemory): number {
  return measuredPeakBytes ?? predictedPeakBytes;
}

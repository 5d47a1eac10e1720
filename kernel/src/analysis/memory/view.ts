import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, percent } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import type { FormatMemory, LayerRow, TrainingMemoryResult } from './result';
import { trainingMemoryVerdict } from './verdict';

const HELD = 'Held during a step, modelled';
const PEAK = 'Peak';

const FORMAT_COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Execution', align: 'left' },
  { header: 'modelled', group: PEAK },
  { header: 'measured', group: PEAK },
  { header: 'off by', group: PEAK },
  { header: 'Weights', group: HELD },
  { header: 'Copies', group: HELD },
  { header: 'Gradients', group: HELD },
  { header: 'Optimizer', group: HELD },
  { header: 'Activations', group: HELD },
  { header: 'Batch', group: HELD },
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
        verdict(trainingMemoryVerdict(this.result, subjectOf(this))),
        table(FORMAT_COLUMNS, formats.map(formatRow), { caption: captions.formats }),
        worstFirst(layerColumns(formats), layerRows(formats), largestFirst(formats), {
          what: 'layers',
          order: 'most memory first',
          caption: captions.layers,
        }),
        howFound(methods(this.result)),
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
    size(predicted),
    measured === null ? ABSENT : size(measured),
    measured === null ? ABSENT : difference(predicted / measured - 1),
    size(total.weights),
    size(total.copies),
    size(total.gradients),
    size(total.optimizer),
    size(total.activations),
    size(row.batchBytes),
  ];
}

/** By how much more, or less, was modelled than measured. */
function difference(fraction: number): string {
  if (Math.abs(fraction) < 5e-5) return '0%';
  return `${fraction < 0 ? '-' : '+'}${percent(Math.abs(fraction))}`;
}

function layerColumns(formats: readonly FormatMemory[]): Column[] {
  const masters = ['Weights', 'Gradients', 'Optimizer'].map((header) => ({ header }));
  const per = (group: string, shown: readonly (readonly FormatMemory[])[]): Column[] =>
    shown.map((alike) => ({ header: alike.map(({ format }) => format).join(', '), group }));
  return [
    { header: 'Layer' },
    { header: 'Kind', align: 'left' },
    { header: 'Parameters' },
    ...masters,
    ...per('Copies of weights', alike(withCopies(formats), copies)),
    ...per('Activations kept', alike(formats, activations)),
  ];
}

function layerRows(formats: readonly FormatMemory[]): Row[] {
  const [first] = formats;
  return (first?.layers ?? []).map((layer, index) => {
    const of = (pick: Part, shown: readonly (readonly FormatMemory[])[]): string[] =>
      shown.map(([one]) => size(pick(one?.layers[index] ?? layer)));
    return [
      layer.name,
      layer.kind,
      layer.parameters.toLocaleString('en'),
      size(layer.weights),
      size(layer.gradients),
      size(layer.optimizer),
      ...of(copies, alike(withCopies(formats), copies)),
      ...of(activations, alike(formats, activations)),
    ];
  });
}

type Part = (row: LayerRow) => number;

const copies: Part = (row) => row.copies;
const activations: Part = (row) => row.activations;

/** Formats with the same bytes in each layer, which share a column. */
function alike(formats: readonly FormatMemory[], part: Part): readonly (readonly FormatMemory[])[] {
  const groups = new Map<string, FormatMemory[]>();
  for (const format of formats) {
    const key = format.layers.map(part).join();
    groups.set(key, [...(groups.get(key) ?? []), format]);
  }
  return [...groups.values()];
}

function withCopies(formats: readonly FormatMemory[]): readonly FormatMemory[] {
  return formats.filter(({ total }) => total.copies > 0);
}

function size(value: number): string {
  return value === 0 ? ABSENT : bytes(Math.round(value));
}

/** Layers by all that they hold in the first format. */
function largestFirst([first]: readonly FormatMemory[]): number[] {
  const sums = (first?.layers ?? []).map(
    (row) => row.weights + row.copies + row.gradients + row.optimizer + row.activations,
  );
  return sums.map((_, i) => i).sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0));
}

/** What simulating costs, which hardware with the format would not. */
function simulation({ formats }: TrainingMemoryResult): string[] {
  const hasRounded = formats.some(
    ({ total, execution }) => execution === 'simulated' && total.copies > total.weights / 2,
  );
  return hasRounded
    ? [
        'Where a format is simulated here, products run in fp32 on rounded copies of the weights: these take 4 bytes a weight, as fp32 does, where hardware with the format takes 2.',
      ]
    : [];
}

function methods(result: TrainingMemoryResult): string[] {
  const { fingerprint } = result;
  return [...simulation(result), ...METHODS, ...(fingerprint === undefined ? [] : [fingerprint])];
}

const METHODS = [
  'The parts are not all held at the same moment: the peak is of their timeline, with what the backward pass works on.',
  'Copies are of the weights, made once a step in what products read.',
  'The loss is a stand-in, the mean square of the outputs, whatever the model was compiled with: there are no labels here.',
  "Modelled from steps with 2 and 3 samples, whose tensors grow with the batch; measured in one real step's native tensors. What an op needs for itself while it runs is in neither.",
] as const;

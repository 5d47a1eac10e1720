import { notes, stacked, staticBundle } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, si, significant } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { LayerCost, ModelCostResult } from './result';
import { costVerdict, dearestFirst } from './verdict';

const FLOPS = 'FLOPs';
const TRAFFIC = 'Bytes of inference';

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Kind', align: 'left' },
  { header: 'Parameters' },
  { header: 'forward', group: FLOPS },
  { header: 'training step', group: FLOPS },
  { header: 'Elementwise' },
  { header: 'weights', group: TRAFFIC },
  { header: 'activations', group: TRAFFIC },
  { header: 'FLOP/B' },
];

/** What {@link modelCost} found. Shows itself as a table by layer. */
export class ModelCost implements Displayable {
  constructor(readonly result: ModelCostResult) {}

  /** What one layer costs, or undefined. */
  layer(name: string): LayerCost | undefined {
    return this.result.layers.find((layer) => layer.name === name);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { result } = this;
    const { model, batchSize, format, layers, parameters } = result;
    const rows = layers.map((layer) =>
      row(layer.calls > 1 ? `${layer.name} (${layer.calls} calls)` : layer.name, layer.kind, layer),
    );
    return staticBundle(
      stacked(
        verdict(costVerdict(result, subjectOf(this))),
        worstFirst(COLUMNS, rows, dearestFirst(layers), {
          what: 'layers',
          order: 'most FLOPs first',
          foot: [row('total', '', result)],
          caption: `Cost of ${model}: ${parameters.toLocaleString('en')} parameters; batch ${batchSize}, ${format}`,
        }),
        notes(remarks(result)),
        howFound(methods(result)),
      ),
    );
  }
}

type Cost = Omit<LayerCost, 'name' | 'kind' | 'calls'>;

function row(name: string, kind: string, cost: Cost): Row {
  return [
    name,
    kind,
    count(cost.parameters),
    flop(cost.forwardFlops),
    flop(cost.trainingFlops),
    cost.elementwiseOps === 0 ? ABSENT : si(cost.elementwiseOps, '').trimEnd(),
    size(cost.weightBytes),
    size(cost.activationBytes),
    cost.intensityFlopPerByte === null ? ABSENT : significant(cost.intensityFlopPerByte),
  ];
}

function count(value: number): string {
  return value === 0 ? ABSENT : value.toLocaleString('en');
}

function flop(value: number): string {
  return value === 0 ? ABSENT : si(value, 'FLOP');
}

function size(value: number): string {
  return value === 0 ? ABSENT : bytes(Math.round(value));
}

function remarks({ forwardFlops, trainingFlops }: ModelCostResult): string[] {
  const rule = 3 * forwardFlops;
  if (rule === 0) return [];
  return [
    rule === trainingFlops
      ? 'A training step takes three times the forward pass.'
      : `A training step takes ${significant(trainingFlops / forwardFlops)} times the forward pass, not three times (${si(rule, 'FLOP')}): no gradient is computed for what the model is given, for tokens that are looked up, and for what is frozen.`,
  ];
}

function methods({ format, fingerprint }: ModelCostResult): string[] {
  return [
    'FLOPs are counted as the model runs forward on zeros: those of products, a multiply-add as two, as PyTorch counts them. All else is under "elementwise", one for each element.',
    `Bytes are modelled, the least that one inference moves in ${format}: weights once a call, of a table the rows that are looked up, inputs and outputs once.`,
    ...(fingerprint === undefined ? [] : [fingerprint]),
  ];
}

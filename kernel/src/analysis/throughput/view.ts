import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, si, significant } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, verdict } from '../../display/verdict';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { ThroughputResult, ThroughputRow } from './result';
import { throughputVerdict } from './verdict';

const LATENCY = 'Latency of a batch';
const COLUMNS: readonly Column[] = [
  { header: 'Batch', align: 'left' },
  { header: 'p50', group: LATENCY },
  { header: '95% interval', group: LATENCY },
  { header: 'p95', group: LATENCY },
  { header: 'p99', group: LATENCY },
  { header: 'Runs' },
  { header: 'Samples/s' },
];

/** What {@link throughput} measured. Shows itself as a table by batch size. */
export class Throughput implements Displayable {
  constructor(readonly result: ThroughputResult) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, format, execution, device, threads, rows } = this.result;
    return staticBundle(
      stacked(
        verdict(
          throughputVerdict(this.result, { model: subjectOf(this), x: subjectOf(this, 'x') }),
        ),
        table(COLUMNS, rows.map(cells), {
          caption: `Throughput of ${model}: ${format}, ${execution}; ${device}, ${threads} thread${threads === 1 ? '' : 's'}`,
        }),
        notes(remarks(this.result)),
        howFound(execution === 'simulated' ? [] : METHODS),
      ),
    );
  }
}

function cells({ batchSize, latencyS, samplesPerS }: ThroughputRow): Row {
  const seconds = (value: number | null | undefined): string =>
    typeof value === 'number' ? si(value, 's') : ABSENT;
  return [
    String(batchSize),
    seconds(latencyS?.p50),
    latencyS?.p50Interval ? range(latencyS.p50Interval) : ABSENT,
    seconds(latencyS?.p95),
    seconds(latencyS?.p99),
    latencyS === null ? ABSENT : String(latencyS.runs),
    samplesPerS === null ? ABSENT : significant(samplesPerS),
  ];
}

function range({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${si(low, 's')} to ${si(high, 's')}`;
}

function remarks({ rows }: ThroughputResult): string[] {
  const few = rows.filter(({ latencyS }) => latencyS !== null && latencyS.p99 === null);
  return few.length === 0
    ? []
    : [
        `A p95 takes 20 runs, a p99 100: batch ${few.map((row) => row.batchSize).join(', ')} had fewer. Give more seconds.`,
      ];
}

const METHODS = [
  'Measured: each batch from the call of predict until its outputs are read; the batch sizes took turns. The interval is that of the median, by order statistics.',
] as const;

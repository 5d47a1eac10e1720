import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { type Fallback, notes, picture, stacked, table, viewBundle } from '../../display/fallback';
import type { Drawing } from '../../display/svg';
import type { Column, Row } from '../../display/table';
import { bytes, percent, significant } from '../../display/units';
import type { WeightName } from '../../formats/uses';
import type { WeightFormat } from '../../graph/quantized-graph';
import { weightFormatOf } from '../../formats/weight-names';
import { MIME } from '../../payloads/mime-types';
import { changeText } from '../../payloads/sensitivity/score';
import { sensitivityChart } from './chart';
import { sensitivityPayload } from './payload';
import type { SensitivityResult, SensitivityRow } from './result';
import type { SensitivityMetric } from './settings';

/** What rounding one layer at a time does; shows itself as a table and a chart. */
export class LayerSensitivity implements Displayable {
  constructor(readonly result: SensitivityResult) {}

  get rows(): readonly SensitivityRow[] {
    return this.result.rows;
  }

  /** One layer in one format, or undefined. */
  row(layer: string, format: WeightName): SensitivityRow | undefined {
    const own = weightFormatOf(format);
    return this.rows.find((row) => row.layer === layer && row.format === own);
  }

  /** Layers by what the metric says of them in `format`, the most sensitive first. */
  ranked(format: WeightName): readonly SensitivityRow[] {
    const { metric } = this.result;
    const own = weightFormatOf(format);
    return this.rows
      .filter((row) => row.format === own)
      .sort((a, b) => harm(b, metric) - harm(a, metric));
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return viewBundle(MIME.sensitivity, sensitivityPayload(this.result), this.#view());
  }

  toString(): string {
    return this.#view().text;
  }

  #view(): Fallback {
    const { model, metric, formats } = this.result;
    const { header } = AXES[metric];
    const columns: Column[] = [
      { header: 'Layer' },
      { header: 'Kind', align: 'left' },
      { header: 'Weights' },
      { header: 'In fp32' },
      ...formats.flatMap((group): Column[] => [
        { header, group },
        { header: 'Bytes', group },
      ]),
    ];
    const rows = this.#layers().map((own): Row => {
      const [first] = own;
      return [
        first?.layer ?? '',
        first?.kind ?? '',
        (first?.weights ?? 0).toLocaleString('en'),
        bytes(first?.floatBytes ?? 0),
        ...own.flatMap((row) => [metricText(row, metric), bytes(row.bytes)]),
      ];
    });
    const caption = `Sensitivity of ${model}, layer by layer`;
    return stacked(
      table(columns, rows, { caption }),
      picture((width) => this.#chart(width)),
      notes(this.#notes()),
    );
  }

  #notes(): string[] {
    const { formats, score, scoreMetric, samples } = this.result;
    const float =
      scoreMetric === 'none'
        ? ''
        : ` In float, the ${scoreMetric} is ${scoreText(score, scoreMetric)}.`;
    return [
      `One layer's weights at a time are rounded, all else stays in float; measured on ${samples.toLocaleString('en')} samples.${float}`,
      ...formats.slice(-1).flatMap((format) => this.#mostSensitive(format)),
    ];
  }

  /** Where rounding makes no layer's score worse, what it adds in noise tells layers apart. */
  #mostSensitive(format: WeightFormat): string[] {
    const { metric, scoreMetric } = this.result;
    const [worst] = this.ranked(format);
    if (worst === undefined) return [];
    if ((metric === 'accuracy' || metric === 'loss') && worst.drop <= 0) {
      const own = this.rows.filter((row) => row.format === format);
      const noisy = own.reduce((a, b) => (b.relativeNoise > a.relativeNoise ? b : a));
      return [
        `No layer alone makes the ${scoreMetric} worse in ${format}; the most noise in the outputs is by ${noisy.layer}, ${significant(noisy.sqnrDb)} dB.`,
      ];
    }
    const figure = AXES[metric].phrase(metricText(worst, metric));
    return [`Most sensitive in ${format}: ${worst.layer}, ${figure}.`];
  }

  #chart(width?: number): Drawing | undefined {
    const { metric, formats, model } = this.result;
    const chart = {
      title: `Sensitivity of ${model}`,
      axis: AXES[metric].axis,
      formats,
      rows: this.#layers().map((own) => ({
        name: own[0]?.layer ?? '',
        figures: own.map((row) => ({ format: row.format, value: AXES[metric].value(row) })),
      })),
    };
    return sensitivityChart(chart, width);
  }

  /** Rows by layer, formats in their order. */
  #layers(): SensitivityRow[][] {
    const layers = [...new Set(this.rows.map(({ layer }) => layer))];
    return layers.map((name) => this.rows.filter(({ layer }) => layer === name));
  }
}

interface MetricAxis {
  readonly header: string;
  readonly axis: string;
  /** A figure within a sentence. */
  readonly phrase: (figure: string) => string;
  /** What the chart shows. */
  readonly value: (row: SensitivityRow) => number;
}

const AXES: Readonly<Record<SensitivityMetric, MetricAxis>> = {
  sqnr: {
    header: 'SQNR (dB)',
    axis: 'signal to noise of the outputs (dB); left is worse',
    phrase: (figure) => `${figure} dB`,
    value: (row) => row.sqnrDb,
  },
  kl: {
    header: 'KL (nats)',
    axis: 'divergence of the predicted classes (nats); right is worse',
    phrase: (figure) => `${figure} nats`,
    value: (row) => row.kl,
  },
  accuracy: {
    header: 'Accuracy by',
    axis: 'change of the accuracy (percentage points); left is worse',
    phrase: (figure) => `accuracy ${figure}`,
    value: (row) => -100 * row.drop,
  },
  loss: {
    header: 'Loss by',
    axis: 'change of the loss; right is worse',
    phrase: (figure) => `loss ${figure}`,
    value: (row) => row.drop,
  },
};

/** How much a metric says that a layer suffers; more is worse. */
function harm(row: SensitivityRow, metric: SensitivityMetric): number {
  if (metric === 'sqnr') return row.relativeNoise;
  if (metric === 'kl') return row.kl;
  // Samples that flip are few: noise tells apart what loses as many.
  return row.drop + 1e-6 * Math.min(1, row.relativeNoise);
}

function metricText(row: SensitivityRow, metric: SensitivityMetric): string {
  if (metric === 'sqnr') return significant(row.sqnrDb);
  if (metric === 'kl') return significant(row.kl);
  return changeText(row.drop, metric);
}

export { changeText };

export function scoreText(score: number, metric: string): string {
  return metric === 'accuracy' ? percent(score) : significant(score);
}

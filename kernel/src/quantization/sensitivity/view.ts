import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { type Fallback, fold, notes, picture, stacked, viewBundle } from '../../display/fallback';
import type { Drawing } from '../../display/svg';
import type { Column, Row } from '../../display/table';
import { bytes, percent, significant } from '../../display/units';
import { subjectOf } from '../../display/variable-name';
import { howFound, type Verdict, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import type { WeightName } from '../../formats/uses';
import { weightFormatOf } from '../../formats/weight-names';
import { MIME } from '../../payloads/mime-types';
import { changeText } from '../../payloads/sensitivity/score';
import { sensitivityChart } from './chart';
import { sensitivityPayload } from './payload';
import type { SensitivityResult, SensitivityRow } from './result';
import type { SensitivityMetric } from './settings';
import { testedVerdict, testMethod, testRemarks } from './tested';
import { proposedQuantization, toneOf } from './verdict';

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
    const chart = picture((width) => this.#chart(width));
    return stacked(
      verdict(this.#verdict()),
      worstFirst(columns, rows, this.#mostSensitiveFirst(), {
        what: 'layers',
        order: `most sensitive in ${formats.at(-1) ?? ''} first`,
        caption: `Sensitivity of ${model}, layer by layer`,
      }),
      rows.length > FEW ? fold(`Chart of all ${rows.length} layers`, chart) : chart,
      notes(testRemarks(this.result)),
      howFound(this.#methods()),
    );
  }

  #methods(): string[] {
    const { score, scoreMetric, samples, fingerprint } = this.result;
    const float =
      scoreMetric === 'none'
        ? ''
        : ` In float, the ${scoreMetric} is ${scoreText(score, scoreMetric)}.`;
    return [
      `One layer's weights at a time are rounded, all else stays in float; measured on ${samples.toLocaleString('en')} samples.${float}`,
      ...testMethod(this.result),
      ...(fingerprint === undefined ? [] : [fingerprint]),
    ];
  }

  /** Where rounding makes no layer's score worse, what it adds in noise tells layers apart. */
  #verdict(): Verdict {
    const { metric, scoreMetric, formats, score } = this.result;
    const format = formats.at(-1);
    const [worst] = format === undefined ? [] : this.ranked(format);
    if (format === undefined || worst === undefined) {
      return { sentence: 'No layer was rounded.', tone: 'caution' };
    }
    const tone = toneOf(worst, metric, score);
    const next = proposedQuantization(subjectOf(this), format, worst, tone);
    const tested = testedVerdict(this.ranked(format), this.result, format);
    const rest = { tone: tested?.tone ?? tone, ...(next !== undefined && { next }) };
    if ((metric === 'accuracy' || metric === 'loss') && worst.drop <= 0) {
      const own = this.rows.filter((row) => row.format === format);
      const noisy = own.reduce((a, b) => (b.relativeNoise > a.relativeNoise ? b : a));
      const sentence = `No layer alone makes the ${scoreMetric} worse in ${format}; the most noise in the outputs is by ${noisy.layer}, ${significant(noisy.sqnrDb)} dB.`;
      return { sentence, ...rest };
    }
    if (tested !== undefined) return { sentence: tested.sentence, ...rest };
    const figure = AXES[metric].phrase(metricText(worst, metric));
    return { sentence: `Most sensitive in ${format}: ${worst.layer}, ${figure}.`, ...rest };
  }

  /** The order of the rows by the last format. */
  #mostSensitiveFirst(): number[] {
    const format = this.result.formats.at(-1);
    const ranked = format === undefined ? [] : this.ranked(format);
    const layers = this.#layers().map(([first]) => first?.layer);
    return ranked.map(({ layer }) => layers.indexOf(layer));
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

/** Layers of which the chart is as high as the table. */
const FEW = 6;

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

import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { type Fallback, fold, picture, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, percent, significant } from '../../display/units';
import { subjectOf, variableOf } from '../../display/variable-name';
import { howFound, type Verdict, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { mostLost, scoreSize, testSentence, testText } from '../../payloads/precision/score-words';
import type { QuantizeOptions } from '../options';
import { bitsChart } from './bits-chart';
import { budgetText, type SettledBudget } from './budget';
import type { SensitivityResult, SensitivityRow } from './result';
import type { SensitivityMetric } from './settings';
import type { BitFormat } from './units';
import type { Outcome } from './verify';
import { assignmentVerdict } from './verdict';
import { changeText, scoreText } from './view';

/** One layer's format, and what it alone does to the outputs. */
export interface AssignedLayer extends Omit<SensitivityRow, 'format' | 'score'> {
  readonly format: BitFormat;
  readonly bits: number;
}

export interface AssignmentParts {
  readonly budget: SettledBudget;
  readonly options: QuantizeOptions;
  readonly layers: Readonly<Record<string, BitFormat>>;
  readonly rows: readonly AssignedLayer[];
  /** Of layers that cannot be quantized. */
  readonly fixedBytes: number;
  /** Of all weights of the float model. */
  readonly modelBytes: number;
  readonly sensitivity: SensitivityResult;
  readonly metric: SensitivityMetric;
  readonly measured: Outcome;
  /** Undefined: no assignment of this size has less harm by the layers' own figures. */
  readonly gap: number | undefined;
}

/** Layers of which the chart is as high as the table. */
const FEW = 6;

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Kind', align: 'left' },
  { header: 'Format', align: 'left' },
  { header: 'Weights' },
  { header: 'Bytes' },
  { header: 'In fp32' },
  { header: 'Alone: SQNR (dB)' },
];

/**
 * A format for each layer, with what it should do by the layers' own figures beside what the whole
 * quantized model did. `quantize(model, bits.options)` makes that model.
 */
export class BitAssignment implements Displayable {
  readonly #parts: AssignmentParts;

  constructor(parts: AssignmentParts) {
    this.#parts = parts;
  }

  /** What `quantize` takes as `layers`. */
  get layers(): Readonly<Record<string, BitFormat>> {
    return this.#parts.layers;
  }
  /** What `quantize` takes, `layers` included. */
  get options(): QuantizeOptions {
    return this.#parts.options;
  }
  get rows(): readonly AssignedLayer[] {
    return this.#parts.rows;
  }
  /** The measurement of each layer that this was chosen by. */
  get sensitivity(): SensitivityResult {
    return this.#parts.sensitivity;
  }
  /** Bits per weight, on average. */
  get meanBits(): number {
    const weights = this.rows.reduce((sum, row) => sum + row.weights, 0);
    return this.rows.reduce((sum, row) => sum + row.bits * row.weights, 0) / weights;
  }
  /** The whole model, measured. */
  get measured(): Outcome {
    return this.#parts.measured;
  }
  /** The whole model, if the layers' harms add up. */
  get predicted(): Pick<Outcome, 'sqnrDb' | 'kl' | 'drop' | 'bytes'> {
    const sum = (value: (row: AssignedLayer) => number): number =>
      this.rows.reduce((total, row) => total + value(row), 0);
    return {
      sqnrDb: -10 * Math.log10(sum(({ relativeNoise }) => relativeNoise)),
      kl: sum(({ kl }) => kl),
      drop: sum(({ drop }) => drop),
      bytes: sum((row) => row.bytes) + this.#parts.fixedBytes,
    };
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(this.#view());
  }

  toString(): string {
    return this.#view().text;
  }

  #view(): Fallback {
    const { budget, sensitivity } = this.#parts;
    const caption = `Bits per layer of ${sensitivity.model}: ${budgetText(budget)}`;
    const rows = this.rows.map((row): Row => [
      row.layer,
      row.kind,
      row.format,
      row.weights.toLocaleString('en'),
      bytes(row.bytes),
      bytes(row.floatBytes),
      significant(row.sqnrDb),
    ]);
    const chart = picture((width) => bitsChart(sensitivity.model, this.rows, width));
    return stacked(
      verdict(this.#verdict()),
      this.#outcome(),
      worstFirst(COLUMNS, rows, this.#noisiestFirst(), {
        what: 'layers',
        order: 'most noise first',
        caption,
      }),
      rows.length > FEW ? fold(`Chart of all ${rows.length} layers`, chart) : chart,
      howFound(this.#notes()),
    );
  }

  #verdict(): Verdict {
    const { budget, sensitivity, modelBytes } = this.#parts;
    const { measured, meanBits } = this;
    const { scoreMetric } = sensitivity;
    const figures = {
      meanBits,
      share: measured.bytes / modelBytes,
      outcome:
        scoreMetric === 'none'
          ? `SQNR ${significant(measured.sqnrDb)} dB`
          : (this.#tested() ?? `${scoreMetric} ${changeText(measured.drop, scoreMetric)}`),
      budget: budgetText(budget),
      isKept: this.#keeps(budget),
      room: this.#room(budget),
    };
    return assignmentVerdict(figures, subjectOf(this), variableOf(this));
  }

  /** Whether the score differs from that in float, in words; undefined where that wasn't tested. */
  #tested(): string | undefined {
    const { scoreTest } = this.measured;
    const { scoreMetric: metric, samples } = this.#parts.sensitivity;
    return scoreTest && testSentence(scoreTest, { metric, baseline: 'fp32', samples });
  }

  /** How much more than the budget of a score may be lost, for all that so few samples tell. */
  #room({ kind, limit }: SettledBudget): string | undefined {
    const { scoreTest } = this.measured;
    if (kind !== 'accuracyDrop' || scoreTest === undefined) return undefined;
    const lost = mostLost(scoreTest, 'accuracy');
    return lost > limit ? scoreSize(lost, 'accuracy') : undefined;
  }

  /** Whether the whole model, as it was measured, keeps to the budget. */
  #keeps({ kind, limit }: SettledBudget): boolean {
    switch (kind) {
      case 'bytes':
        return this.measured.bytes <= limit;
      case 'meanBits':
        return this.meanBits <= limit;
      case 'accuracyDrop':
        return this.measured.drop <= limit;
      case 'sqnrDb':
        return this.measured.sqnrDb >= limit;
    }
  }

  #noisiestFirst(): number[] {
    const noise = this.rows.map(({ relativeNoise }) => relativeNoise);
    return noise.map((_, i) => i).sort((a, b) => (noise[b] ?? 0) - (noise[a] ?? 0));
  }

  /** Predicted beside measured. */
  #outcome(): Fallback {
    const { measured, predicted } = this;
    const { scoreMetric, score } = this.#parts.sensitivity;
    const rows: Row[] = [
      ['SQNR of the outputs (dB)', significant(predicted.sqnrDb), significant(measured.sqnrDb)],
      ['Bytes of weights, as kept', bytes(predicted.bytes), bytes(measured.bytes)],
    ];
    if (Number.isFinite(measured.kl)) {
      rows.push([
        'Divergence of the classes (nats)',
        significant(predicted.kl),
        significant(measured.kl),
      ]);
    }
    if (scoreMetric !== 'none') {
      const { scoreTest } = measured;
      const name = scoreMetric === 'accuracy' ? 'Accuracy by' : 'Loss by';
      rows.push([name, ...[predicted, measured].map(({ drop }) => changeText(drop, scoreMetric))]);
      if (scoreTest !== undefined) {
        rows.push(['Against fp32', ABSENT, testText(scoreTest, scoreMetric)]);
      }
      rows.push([
        scoreMetric === 'accuracy' ? 'Accuracy' : 'Loss',
        scoreText(score + (scoreMetric === 'accuracy' ? -1 : 1) * predicted.drop, scoreMetric),
        scoreText(measured.score, scoreMetric),
      ]);
    }
    return table(
      [{ header: 'The whole model' }, { header: 'Predicted' }, { header: 'Measured' }],
      rows,
    );
  }

  #notes(): string[] {
    const { sensitivity, gap, metric, options } = this.#parts;
    const judged =
      metric === 'kl'
        ? "the divergence of the model's classes"
        : metric === 'loss'
          ? 'the loss'
          : 'the noise in the outputs';
    return [
      `Predicted: each layer was rounded alone, and ${judged} was added up. Measured: the model quantized so (${options.mode ?? 'dynamic'}), on the same ${sensitivity.samples.toLocaleString('en')} samples.`,
      gap === undefined
        ? 'By those sums, no other choice of this size is better.'
        : `The search was cut short: by those sums, another choice of this size has at best ${percent(gap)} less harm.`,
    ];
  }
}

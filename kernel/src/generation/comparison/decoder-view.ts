import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, bytes, percent, significant } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import { predictionVerdict } from './verdict';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { EmbeddingFormat } from '../../graph/embedding-table';
import type { Decoder } from '../decoder';

export interface DecoderRow {
  /** Of products, or of the weights. */
  readonly format: string;
  readonly engine: Decoder['engine'];
  /**
   * What is multiplied. `float`: weights kept in fp32. `rounded`: codes as they are packed, by activations that
   * are rounded to int8. `widened`: codes, of which fp32 is made for each product.
   */
  readonly products: 'float' | 'rounded' | 'widened';
  /** What embeddings are kept in. */
  readonly embeddings: EmbeddingFormat;
  /** Of all weights, scales and tables, as they are held. */
  readonly weightBytes: number;
  /** exp of the mean negative log-likelihood of the next token. */
  readonly perplexity: number;
  /** From the predictions in fp32: KL in nats, and share of the same likeliest token. */
  readonly divergence: number;
  readonly agreement: number;
  /** Measured, one sequence, greedy; null where it was not asked for. */
  readonly tokensPerSecond: number | null;
}

export interface DecoderComparisonResult {
  readonly model: string;
  readonly parameters: number;
  readonly windows: number;
  readonly length: number;
  readonly fp32Bytes: number;
  readonly rows: readonly DecoderRow[];
}

const COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Runs in', align: 'left' },
  { header: 'Held', group: 'Weights' },
  { header: 'of fp32', group: 'Weights' },
  { header: 'Perplexity', group: 'Held-out text' },
  { header: 'Same top token', group: 'Held-out text' },
  { header: 'KL, nats', group: 'Held-out text' },
  { header: 'Tokens/s, measured', group: 'One sequence' },
  { header: 'of fp32', group: 'One sequence' },
];
const ENGINES = {
  tensorflow: 'TensorFlow, layer by layer',
  onnxruntime: 'ONNX Runtime, one graph',
};

/** What {@link compareDecoders} found. Shows itself as a table. */
export class DecoderComparison implements Displayable {
  constructor(readonly result: DecoderComparisonResult) {}

  /** The row of a format, or undefined. */
  row(format: string): DecoderRow | undefined {
    return this.result.rows.find((row) => row.format === format);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { model, parameters, windows, length, rows } = this.result;
    const caption = `${model}, ${significant(parameters / 1e6)} million weights: ${windows} sequences of ${length} tokens`;
    const isTimed = rows.some(({ tokensPerSecond }) => tokensPerSecond !== null);
    const columns = isTimed ? COLUMNS : COLUMNS.slice(0, -2);
    const shown = rows.map((row) => this.#cells(row).slice(0, columns.length));
    const remarks = remarksOn(this.result, isTimed);
    const compared = rows.map(({ format, weightBytes, perplexity, agreement }) => ({
      name: format,
      share: weightBytes / this.result.fp32Bytes,
      perplexity,
      agreement,
    }));
    return staticBundle(
      stacked(
        verdict(predictionVerdict(compared, 'the weights')),
        table(columns, shown, { caption }),
        notes(remarks.slice(0, READ)),
        howFound(remarks.slice(READ)),
      ),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }

  #cells(row: DecoderRow): Row {
    const { tokensPerSecond: speed } = row;
    const reference = this.row('fp32')?.tokensPerSecond ?? null;
    return [
      row.format,
      ENGINES[row.engine],
      bytes(row.weightBytes),
      percent(row.weightBytes / this.result.fp32Bytes),
      row.perplexity.toFixed(3),
      percent(row.agreement),
      significant(row.divergence, 2),
      speed === null ? ABSENT : significant(speed),
      speed === null || reference === null ? ABSENT : `${(speed / reference).toFixed(2)}x`,
    ];
  }
}

/** Remarks that change how figures are read; the others are how they were found. */
const READ = 3;

function remarksOn({ rows, length }: DecoderComparisonResult, isTimed: boolean): string[] {
  const products = rows.filter((row) => row.products === 'float' && row.format !== 'fp32');
  const rounded = rows.filter((row) => row.products === 'rounded');
  const widened = rows.filter((row) => row.products === 'widened');
  const names = (some: readonly DecoderRow[]): string =>
    some.map(({ format }) => format).join(', ');
  return [
    ...(products.length === 0
      ? []
      : [
          `${names(products)}: products in the format; weights are kept in fp32, of which they are rounded.`,
        ]),
    ...(rounded.length === 0
      ? []
      : [
          `${names(rounded)}: weights only, multiplied as they are packed; activations are rounded to int8 in blocks within each product.`,
        ]),
    ...(widened.length === 0
      ? []
      : [
          `${names(widened)}: storage only: weights are kept in the format, and widened to fp32 for each product, a layer at a time. Their tokens/s claim nothing for hardware that multiplies in the format.`,
        ]),
    `The cache of keys and values is fp32. Weights held include embeddings, which are kept in ${embedded(rows)}.`,
    ...(isTimed
      ? [
          `Tokens/s: one sequence of ${length}, greedy, the best of three runs in turn; fp32 in the faster of both engines.`,
        ]
      : []),
  ];
}

/** `fp32 (fp32, bf16), int8 (int8, int4)`. */
function embedded(rows: readonly DecoderRow[]): string {
  const formats = [...new Set(rows.map(({ embeddings }) => embeddings))];
  if (formats.length === 1) return formats[0] ?? '';
  return formats
    .map((format) => {
      const names = rows.filter(({ embeddings }) => embeddings === format);
      return `${format} (${names.map((row) => row.format).join(', ')})`;
    })
    .join(', ');
}

import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { significant } from '../../display/units';
import type { OnnxModel } from './onnx-model';
import { sizeText } from './view';

/** How one output of an exported model differs from that of the model it was made from. */
export interface OutputDifference {
  readonly name: string;
  readonly maxAbsError: number;
  /** Signal to quantization noise, in decibel; Infinity where nothing differs. */
  readonly sqnrDb: number;
  /** The largest magnitude of the model's own output. */
  readonly largest: number;
}

/** The outputs of an exported model beside those of the model it was made from. */
export class ExportComparison implements Displayable {
  constructor(
    readonly source: string,
    readonly outputs: readonly OutputDifference[],
    /** Of the file. */
    readonly bytes: number,
    readonly fp32WeightBytes: number | undefined,
  ) {}

  /** Of all outputs. */
  get maxAbsError(): number {
    return Math.max(...this.outputs.map((output) => output.maxAbsError));
  }
  /** Of the worst output. */
  get sqnrDb(): number {
    return Math.min(...this.outputs.map((output) => output.sqnrDb));
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const rows = this.outputs.map((output) => [
      output.name,
      significant(output.maxAbsError),
      significant(output.largest),
      output.sqnrDb === Infinity ? 'the same' : `${output.sqnrDb.toFixed(1)} dB`,
    ]);
    const size = sizeText(this.bytes, this.fp32WeightBytes);
    const caption = `${this.source} beside the model it was made from; ${size}`;
    return staticBundle(table(COLUMNS, rows, { caption }));
  }
}

const COLUMNS: readonly Column[] = [
  { header: 'Output' },
  { header: 'Max error' },
  { header: 'Largest value' },
  { header: 'SQNR' },
];

/** What predicts: a float or a quantized model. */
export interface Predictor {
  predict(x: Tensor | Tensor[]): Tensor | Tensor[];
}

/**
 * Runs a model and what was exported from it on the same inputs.
 * @throws HalfnoteError `output-mismatch` where their outputs don't have the same shapes.
 */
export async function compareExport(
  model: Predictor,
  exported: OnnxModel,
  x: Tensor | Tensor[],
): Promise<ExportComparison> {
  const expected = [model.predict(x)].flat();
  const actual = [await exported.predict(x)].flat();
  try {
    const shapes = (tensors: readonly Tensor[]): string =>
      tensors.map(({ shape }) => `[${shape.join(', ')}]`).join(', ');
    if (shapes(expected) !== shapes(actual)) {
      throw new HalfnoteError(
        'output-mismatch',
        `'${exported.source}' gives ${shapes(actual)}, the model ${shapes(expected)}: ` +
          'it was not made from this model.',
      );
    }
    const outputs = expected.map((tensor, i) => ({
      name: exported.outputs[i]?.name ?? String(i),
      ...difference(tensor.dataSync(), actual[i]?.dataSync() ?? []),
    }));
    const { bytes, fp32WeightBytes } = exported.summary;
    return new ExportComparison(exported.source, outputs, bytes, fp32WeightBytes);
  } finally {
    tf.dispose([...expected, ...actual]);
  }
}

function difference(
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): Omit<OutputDifference, 'name'> {
  let [signal, noise, maxAbsError, largest] = [0, 0, 0, 0];
  for (let i = 0; i < expected.length; i++) {
    const value = expected[i] ?? NaN;
    const error = value - (actual[i] ?? NaN);
    signal += value * value;
    noise += error * error;
    // NaN has to show, so no Math.max.
    if (!(Math.abs(error) <= maxAbsError)) maxAbsError = Math.abs(error);
    if (!(Math.abs(value) <= largest)) largest = Math.abs(value);
  }
  const sqnrDb = noise === 0 ? Infinity : 10 * Math.log10(signal / noise);
  return { maxAbsError, sqnrDb, largest };
}

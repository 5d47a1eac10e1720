import type { MimeBundle } from '../../host';
import { stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { bytes, significant } from '../../display/units';
import { type Verdict, verdict } from '../../display/verdict';
import { isLarger, sizeText } from '../onnx/view';
import type { TfliteEnd } from './converter';
import type { TfliteFormat } from './options';
import type { TfliteError, TfliteSummary } from './summary';

const COLUMNS: readonly Column[] = [
  { header: 'TensorFlow Lite' },
  { header: 'What the file holds', align: 'left' },
];

const FORMATS: Readonly<Record<TfliteFormat, string>> = {
  fp32: 'fp32',
  fp16: 'fp16 weights, arithmetic in fp32',
  dynamic: 'int8 weights, activations rounded while it runs',
  int8: 'int8 weights and activations',
};

/** What a file holds as a table of a heading and its value. */
export function tfliteBundle(summary: TfliteSummary, title: string): MimeBundle {
  const { measuredOn, errors } = summary;
  const rows = [
    ['Format', FORMATS[summary.format]],
    ['Inputs', summary.inputs.map(described).join(', ')],
    ['Outputs', summary.outputs.map(described).join(', ')],
    ['Operators', listed(summary.operators, String)],
    ['Constants', listed(summary.constantBytes, bytes)],
    ['Computed tensors', listed(summary.activations, String)],
    [
      `Error, measured on ${measuredOn.rows} rows of ${measuredOn.source}`,
      errors.map((error) => errorText(error, errors.length > 1)).join('; '),
    ],
    ['Made by', summary.converter],
  ];
  const caption = `${summary.name}: ${title}`;
  return staticBundle(stacked(verdict(fileVerdict(summary)), table(COLUMNS, rows, { caption })));
}

/** Signal to noise from which on outputs are as good as the model's, and below which they are not. */
const [GOOD_DB, POOR_DB] = [30, 15] as const;

/** How close the file comes to the model, and how large it is. */
export function fileVerdict({
  errors,
  bytes: size,
  fp32WeightBytes,
  format,
}: TfliteSummary): Verdict {
  const worst = Math.min(...errors.map(({ sqnrDb }) => sqnrDb));
  const close =
    worst === Infinity
      ? 'It gives what the model gives'
      : `Its outputs have an SQNR of ${worst.toFixed(1)} dB against the model`;
  const isFine = worst >= GOOD_DB && !isLarger(size, fp32WeightBytes);
  return {
    sentence: `${close}, in ${format}; ${sizeText(size, fp32WeightBytes)}.`,
    tone: worst < POOR_DB ? 'problem' : isFine ? 'good' : 'caution',
  };
}

function errorText({ name, maxAbsError, sqnrDb, largest }: TfliteError, named: boolean): string {
  const noise = sqnrDb === Infinity ? 'the same' : `SQNR ${sqnrDb.toFixed(1)} dB`;
  const text = `at most ${significant(maxAbsError)} of ${significant(largest)}, ${noise}`;
  return named ? `${name}: ${text}` : text;
}

function described({ name, type, shape, scale }: TfliteEnd): string {
  const sizes = shape.map((size, axis) => (size >= 0 ? size : axis === 0 ? 'batch' : 'any'));
  const grid = scale === undefined ? '' : `, scale ${significant(scale)}`;
  return `${name}: ${type} [${sizes.join(', ')}]${grid}`;
}

function listed(counts: Readonly<Record<string, number>>, text: (count: number) => string): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${text(count)}`)
    .join(', ');
}

import type { MimeBundle } from '../../host';
import { fold, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { bytes, percent } from '../../display/units';
import { type Verdict, verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import type { OnnxSummary, OnnxValue } from './summary';

const COLUMNS: readonly Column[] = [
  { header: 'ONNX' },
  { header: 'What the file holds', align: 'left' },
];

/** What a file holds as a table of a heading and its value. */
export function summaryBundle(summary: OnnxSummary, title: string): MimeBundle {
  const { opset, irVersion } = summary;
  const rows = [
    ['Inputs', summary.inputs.map(described).join(', ')],
    ['Outputs', summary.outputs.map(described).join(', ')],
    ['Operators', listed(summary.operators, (count) => `${count}`)],
    ['Constants', listed(summary.constantBytes, bytes)],
    ['Operator set', `${opset} (IR version ${irVersion})`],
    ['Made by', summary.producer],
  ];
  const caption = `${summary.name}: ${title}`;
  const remarks = summary.notes.map((note, i) => [i === 0 ? 'Notes' : '', note]);
  const isLong = remarks.length > FEW;
  return staticBundle(
    stacked(
      verdict(fileVerdict(summary)),
      table(COLUMNS, isLong ? rows : [...rows, ...remarks], { caption }),
      ...(isLong ? [fold(`${remarks.length} notes`, table(COLUMNS, remarks))] : []),
    ),
  );
}

/** Notes that are read; more are looked up. */
const FEW = 3;

/** How large the file is beside the weights in fp32, and of how many nodes. */
function fileVerdict({ bytes: size, fp32WeightBytes, operators }: OnnxSummary): Verdict {
  const nodes = Object.values(operators).reduce((sum, count) => sum + count, 0);
  return {
    sentence: `${sizeText(size, fp32WeightBytes)}; ${counted(nodes, 'node')}.`,
    tone: isLarger(size, fp32WeightBytes) ? 'caution' : 'good',
  };
}

/** A file of a small model is mostly its graph; one of a large model shouldn't outgrow the weights in fp32. */
const GRAPH_BYTES = 1e5;

/** Whether a file takes clearly more than its weights would in fp32. */
export function isLarger(size: number, fp32WeightBytes: number | undefined): boolean {
  return fp32WeightBytes !== undefined && size > fp32WeightBytes + GRAPH_BYTES;
}

/** The size of a file beside that of the weights in fp32. */
export function sizeText(size: number, fp32WeightBytes: number | undefined): string {
  if (fp32WeightBytes === undefined || fp32WeightBytes === 0) return bytes(size);
  const share = percent(size / fp32WeightBytes);
  return `${bytes(size)}; the weights alone take ${bytes(fp32WeightBytes)} in fp32 (${share})`;
}

function described({ name, type, shape }: OnnxValue): string {
  return `${name}: ${type} ${shapeText(shape)}`;
}

export function shapeText(shape: OnnxValue['shape']): string {
  return shape === undefined ? 'of any shape' : `[${shape.join(', ')}]`;
}

function listed(counts: Readonly<Record<string, number>>, text: (count: number) => string): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${text(count)}`)
    .join(', ');
}

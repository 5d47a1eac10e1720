import type { MimeBundle } from '../../host';
import { staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { bytes, percent } from '../../display/units';
import type { OnnxSummary, OnnxValue } from './summary';

const COLUMNS: readonly Column[] = [{ header: 'ONNX' }, { header: '', align: 'left' }];

/** What a file holds as a table of a heading and its value. */
export function summaryBundle(summary: OnnxSummary, title: string): MimeBundle {
  const { fp32WeightBytes, opset, irVersion } = summary;
  const rows = [
    ['Inputs', summary.inputs.map(described).join(', ')],
    ['Outputs', summary.outputs.map(described).join(', ')],
    ['Operators', listed(summary.operators, (count) => `${count}`)],
    ['Constants', listed(summary.constantBytes, bytes)],
    ['Operator set', `${opset} (IR version ${irVersion})`],
    ['Made by', summary.producer],
    ['File', sizeText(summary.bytes, fp32WeightBytes)],
    ...summary.notes.map((note, i) => [i === 0 ? 'Notes' : '', note]),
  ];
  const caption = `${summary.name}: ${title}`;
  return staticBundle(table(COLUMNS, rows, { caption }));
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

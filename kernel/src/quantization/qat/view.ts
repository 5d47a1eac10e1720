import type * as tf from '@tensorflow/tfjs';
import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { type Fallback, stacked, staticBundle } from '../../display/fallback';
import type { Column } from '../../display/table';
import { significant } from '../../display/units';
import { about, subjectOf } from '../../display/variable-name';
import { verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { describeRows, type QatRow } from './rows';
import { isWaiting, qatVerdict, unreadyFirst } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Kind', align: 'left' },
  { header: 'Weights', align: 'left' },
  { header: 'Scales', align: 'left' },
  { header: 'Input', align: 'left' },
  { header: 'Output', align: 'left' },
  { header: 'From' },
  { header: 'To' },
  { header: 'Scale' },
  { header: 'Zero point' },
  { header: 'Note', align: 'left' },
];

/** What is rounded where in a fake-quantized model, and with which ranges, as of now. */
export class QatReport implements Displayable {
  constructor(
    readonly name: string,
    readonly rows: readonly QatRow[],
  ) {}

  /** What needs to be known of the whole, as sentences. */
  get notes(): readonly string[] {
    const waiting = this.rows.filter(isWaiting);
    const float = this.rows.filter(({ isFloat }) => isFloat);
    return [
      ...(waiting.length > 0
        ? ['No ranges yet: they are observed in training, and nothing is rounded before.']
        : []),
      ...(float.length > 0 ? [`In float: ${float.map(({ name }) => name).join(', ')}.`] : []),
    ];
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return staticBundle(this.#view());
  }

  toString(): string {
    return this.#view().text;
  }

  #view(): Fallback {
    const formats = new Set(this.rows.flatMap(({ weights }) => weights?.format ?? []));
    const caption = `${this.name}, rounded for weights in ${[...formats].join(' and ')}`;
    return stacked(
      verdict(qatVerdict(this.rows, subjectOf(this))),
      worstFirst(COLUMNS, this.rows.map(cellsOf), unreadyFirst(this.rows), {
        what: 'rows',
        order: 'without a range first',
        caption,
      }),
    );
  }
}

/**
 * What is rounded where in a model that {@link prepareQat} made, also one that was loaded.
 * @throws HalfnoteError `not-prepared`.
 */
export function describeQat(model: tf.LayersModel): QatReport {
  return about(new QatReport(model.name, describeRows(model)), { model });
}

function cellsOf({ name, kind, weights, inputs, output, params, note }: QatRow): string[] {
  const [least, most] = weights?.scales ?? [];
  const range = params === undefined ? [] : edges(params);
  return [
    name,
    kind,
    weights === undefined ? '' : `${weights.format}, ${codes(weights)}`,
    least === undefined || most === undefined
      ? ''
      : `${significant(least)} to ${significant(most)}`,
    inputText(inputs),
    output,
    significantOr(range[0]),
    significantOr(range[1]),
    significantOr(params?.scale),
    params === undefined ? '' : String(params.zeroPoint),
    note,
  ];
}

function inputText(inputs: QatRow['inputs']): string {
  if (inputs === undefined) return '';
  const { format, scale } = inputs;
  return scale === undefined ? format : `${format}, scale ${significant(scale)}`;
}

function codes({ format, largestCode }: NonNullable<QatRow['weights']>): string {
  return format === 'binary' ? '-1 and 1' : `-${largestCode} to ${largestCode}`;
}

/** The numbers that the lowest and the highest code stand for. */
function edges({ scale, zeroPoint }: NonNullable<QatRow['params']>): [number, number] {
  return [-zeroPoint * scale + 0, (255 - zeroPoint) * scale];
}

function significantOr(value: number | undefined): string {
  return value === undefined ? '' : significant(value);
}

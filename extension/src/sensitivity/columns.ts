import { bytes, HUE } from 'halfnote/mime';
import {
  FLOAT,
  markOf,
  type Rated,
  type SensitiveLayer,
  type Sensitivity,
} from 'halfnote/mime/sensitivity';
import { element } from '../dom/element';
import type { Column } from '../dom/table';
import { harmOf } from './figure';

/** Formats that have a column each; the chart has all. */
const MOST_COLUMNS = 8;

/** A layer in the format that the budget leaves it. */
export interface Row {
  readonly layer: SensitiveLayer;
  readonly format: string;
  /** Among the payload's formats; behind them: float. */
  readonly index: number;
  readonly bytes: number;
}

export function columnsOf(payload: Sensitivity): readonly Column<Row>[] {
  const harm = harmOf(payload);
  const figure = (rated: Rated | undefined): number =>
    rated === undefined
      ? NaN
      : harm.of({ ...rated, sqnrDb: -10 * Math.log10(rated.relativeNoise) });
  return [
    {
      id: 'layer',
      title: 'Layer',
      hint: 'Its name, or its path in nested models',
      value: ({ layer }) => layer.name,
      cell: ({ layer }) => layer.name,
    },
    {
      id: 'format',
      title: 'Format',
      hint: 'What the budget leaves it',
      value: ({ index }) => index,
      cell: ({ format, index }) => swatch(format, index),
    },
    {
      id: 'bytes',
      title: 'Bytes',
      hint: 'In this format, with scales and bias',
      numeric: true,
      value: (row) => row.bytes,
      cell: (row) => bytes(row.bytes),
    },
    {
      id: 'weights',
      title: 'Weights',
      hint: 'How many there are',
      numeric: true,
      value: ({ layer }) => layer.weights,
      cell: ({ layer }) => layer.weights.toLocaleString('en'),
    },
    ...payload.formats.slice(0, MOST_COLUMNS).map(({ name }, index): Column<Row> => ({
      id: `alone-${index}`,
      group: `Alone: ${harm.title}`,
      title: name,
      hint: `This layer in ${name}, all others in float`,
      numeric: true,
      value: ({ layer }) => figure(layer.formats[index]),
      cell: ({ layer, index: chosen }) => {
        const text = harm.text(figure(layer.formats[index]));
        return chosen === index ? element('strong', {}, [text]) : text;
      },
    })),
  ];
}

/** A format's name with its color of the charts. */
function swatch(format: string, index: number): HTMLElement {
  const hue = format === FLOAT ? HUE.neutral : markOf(index).hue;
  return element('span', { class: 'hn-format' }, [
    element('span', { class: 'hn-swatch', style: `background:${hue}`, 'aria-hidden': 'true' }),
    format,
  ]);
}

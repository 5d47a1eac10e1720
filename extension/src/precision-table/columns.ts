import {
  ABSENT,
  bytes,
  decodeNumber,
  ratio,
  si,
  significant,
  type WireNumber,
} from 'halfnote/mime';
import {
  batchCO2e,
  batchEnergy,
  speedBaseline,
  type PrecisionRow,
  type PrecisionTable,
} from 'halfnote/mime/precision';
import { element, type Child } from '../dom/element';
import { badge } from '../dom/parts';
import type { Column } from '../dom/table';

const SCORES = { accuracy: 'Accuracy', loss: 'Loss', none: 'Score' } as const;

/** The columns of the precision table: what was found here, then what the literature expects. */
export function precisionColumns(table: PrecisionTable): readonly Column<PrecisionRow>[] {
  return [
    {
      id: 'format',
      title: 'Format',
      hint: 'The number format',
      value: ({ format }) => format,
      cell: ({ format }) => element('span', { class: 'hn-name' }, [format]),
    },
    {
      id: 'execution',
      title: 'Run',
      hint: 'Native: the hardware computes in this format. Simulated: only its rounding is real.',
      value: ({ execution }) => execution,
      cell: ({ execution, engine, note }) =>
        badge(execution, [engine, note].filter((text) => text !== '').join(': ')),
    },
    ...measured(table),
    ...accuracy(table),
    ...expected(),
  ];
}

function measured(table: PrecisionTable): Column<PrecisionRow>[] {
  return [
    {
      ...numeric(
        'speedup',
        'Speedup',
        `Measured, against ${speedBaseline(table)}`,
        (row) => row.speedup,
        ratio,
      ),
      subtitle: 'measured',
    },
    {
      ...numeric(
        'latency',
        'Latency',
        'Measured: median time of a batch',
        (row) => row.latencyS?.median ?? null,
        (value) => si(value, 's'),
      ),
      subtitle: 'measured',
    },
    numeric('weights', 'Weights', 'Bytes that the weights take', (row) => row.weightBytes, bytes),
    energy(table),
    numeric(
      'co2e',
      'CO2e',
      'Per batch, by the average of the grid',
      (row) => row.co2eG,
      (_, row) => batchCO2e(row) ?? ABSENT,
    ),
  ];
}

/** The method stands in the head when it is the same for all rows, else beside each figure. */
function energy({ rows }: PrecisionTable): Column<PrecisionRow> {
  const methods = new Set(rows.flatMap(({ energyJ }) => energyJ?.method ?? []));
  const [method] = methods;
  const column = numeric(
    'energy',
    'Energy',
    'Per batch',
    (row) => row.energyJ?.value ?? null,
    (_, row) => batchEnergy(row) ?? ABSENT,
  );
  if (methods.size === 1 && method !== undefined) return { ...column, subtitle: method };
  return {
    ...column,
    cell: (row) =>
      row.energyJ === null
        ? absent()
        : element('span', {}, [
            `${batchEnergy(row) ?? ABSENT} `,
            badge(row.energyJ.method, row.energyJ.source),
          ]),
  };
}

function accuracy({ metric }: PrecisionTable): Column<PrecisionRow>[] {
  const score = numeric(
    'score',
    SCORES[metric],
    'Of the model on the data given',
    (row) => row.score,
    (value) => (metric === 'accuracy' ? `${(value * 100).toFixed(2)}%` : significant(value, 4)),
  );
  return [
    ...(metric === 'none' ? [] : [score]),
    {
      ...numeric(
        'error',
        'Error',
        'Largest difference in an output',
        (row) => row.maxError,
        significant3,
      ),
      subtitle: 'largest',
    },
    numeric(
      'sqnr',
      'SQNR',
      'Signal to quantization noise; higher is closer to the baseline',
      (row) => row.sqnrDb,
      (value) => (Number.isFinite(value) ? `${value.toFixed(1)} dB` : `${significant(value)} dB`),
    ),
  ];
}

function expected(): Column<PrecisionRow>[] {
  return [
    literature('lit-speedup', 'Speed', ({ speedup }) => speedup, 'x'),
    literature('lit-memory', 'Memory', ({ memorySaved }) => memorySaved, '%', 'saved'),
    literature('lit-energy', 'Energy', ({ energySaved }) => energySaved, '%', 'saved'),
  ];
}

type Literature = NonNullable<PrecisionRow['literature']>;

function literature(
  id: string,
  title: string,
  pick: (literature: Literature) => Literature['speedup'],
  unit: 'x' | '%',
  subtitle?: string,
): Column<PrecisionRow> {
  const show = (value: number): string =>
    unit === 'x' ? significant(value, 2) : (value * 100).toFixed(0);
  return {
    id,
    title,
    ...(subtitle === undefined ? {} : { subtitle }),
    group: 'Literature',
    hint: 'What publications expect, not measured here',
    numeric: true,
    value: (row) => (row.literature === null ? undefined : decodeNumber(pick(row.literature)[1])),
    cell: (row) => {
      if (row.literature === null) return absent();
      const [low, high] = pick(row.literature).map((bound) => show(decodeNumber(bound)));
      const text =
        low === high ? `${String(high)}${unit}` : `${String(low)}–${String(high)}${unit}`;
      return element('span', { class: 'hn-cited', title: row.literature.source }, [text]);
    },
  };
}

function numeric(
  id: string,
  title: string,
  hint: string,
  pick: (row: PrecisionRow) => WireNumber | null,
  show: (value: number, row: PrecisionRow) => string,
): Column<PrecisionRow> {
  return {
    id,
    title,
    hint,
    numeric: true,
    value: (row) => {
      const value = pick(row);
      return value === null ? undefined : decodeNumber(value);
    },
    cell: (row) => {
      const value = pick(row);
      return value === null ? absent() : show(decodeNumber(value), row);
    },
  };
}

function significant3(value: number): string {
  return significant(value);
}

function absent(): Child {
  return element(
    'span',
    { class: 'hn-absent', title: 'A simulated format claims no figure here' },
    [ABSENT],
  );
}

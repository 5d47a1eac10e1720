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
  BEST,
  bestFormats,
  scoreChangeText,
  scoreIntervalText,
  scoreText,
  speedBaseline,
  type PrecisionRow,
  type PrecisionTable,
  type Ranked,
} from 'halfnote/mime/precision';
import { element, type Child } from '../dom/element';
import { badge } from '../dom/parts';
import type { Column } from '../dom/table';

/** The columns of the precision table: what one decides by first; what the literature expects last, where it is asked for. */
export function precisionColumns(
  table: PrecisionTable,
  withLiterature: boolean,
): readonly Column<PrecisionRow>[] {
  const best = bestFormats(table);
  const marked = (rank: Ranked, column: Column<PrecisionRow>): Column<PrecisionRow> => ({
    ...column,
    cell: (row) =>
      best.get(rank)?.has(row.format) === true ? bestOf(column.cell(row)) : column.cell(row),
  });
  const { metric, baseline } = table;
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
    ...(metric === 'none'
      ? []
      : [marked('score', score(table)), change(table, `Against ${baseline}`)]),
    marked('speedup', speedup(table)),
    marked('energy', energy(table)),
    marked(
      'weights',
      numeric('weights', 'Weights', 'Bytes that the weights take', (row) => row.weightBytes, bytes),
    ),
    {
      id: 'why',
      title: 'Why',
      hint: 'How the format was run, and what differs in it',
      value: ({ note }) => note,
      cell: ({ note, engine }) =>
        element('span', { class: 'hn-why', title: `${engine}: ${note}` }, [
          note === '' ? engine : note,
        ]),
    },
    marked('sqnr', sqnr()),
    marked('latency', latency()),
    marked('error', largestError()),
    numeric(
      'co2e',
      'CO2e',
      'Per batch, by the average of the grid',
      (row) => row.co2eG,
      (_, row) => batchCO2e(row) ?? ABSENT,
    ),
    ...(withLiterature ? expected() : []),
  ];
}

/** In bold and with a sign, for those who see no difference in weight. */
function bestOf(cell: Child): HTMLElement {
  return element('strong', { class: 'hn-best', title: 'The best of its column' }, [
    `${BEST} `,
    cell,
  ]);
}

function speedup(table: PrecisionTable): Column<PrecisionRow> {
  return {
    ...numeric(
      'speedup',
      'Speedup',
      `Measured, against ${speedBaseline(table)}`,
      (row) => row.speedup,
      ratio,
    ),
    subtitle: 'measured',
  };
}

function latency(): Column<PrecisionRow> {
  return {
    ...numeric(
      'latency',
      'Latency',
      'Measured: median time of a batch',
      (row) => row.latencyS?.median ?? null,
      (value) => si(value, 's'),
    ),
    subtitle: 'measured',
  };
}

/** With its interval below it. */
function score(table: PrecisionTable): Column<PrecisionRow> {
  const { metric, samples } = table;
  const column = numeric(
    'score',
    metric === 'accuracy' ? 'Accuracy' : 'Loss',
    `Of the model on ${samples.toLocaleString('en')} samples, with its 95% interval`,
    (row) => row.score,
    (value) => scoreText(value, metric),
  );
  return {
    ...column,
    cell: (row) => {
      const interval = scoreIntervalText(row, table);
      if (interval === undefined) return column.cell(row);
      return element('span', {}, [
        column.cell(row),
        ' ',
        element('span', { class: 'hn-subtitle' }, [interval]),
      ]);
    },
  };
}

function change(table: PrecisionTable, title: string): Column<PrecisionRow> {
  return {
    id: 'change',
    title,
    hint: 'By a paired test on the same samples, with the 95% interval of the difference',
    value: ({ scoreTest }) => scoreTest?.difference,
    cell: (row) => {
      // What is shown, and below it within what bounds.
      const [what = '', ...bounds] = scoreChangeText(row, table).split(' (');
      return element('span', { class: 'hn-change' }, [
        what,
        ...bounds.map((text) => element('span', { class: 'hn-subtitle' }, [` (${text}`])),
      ]);
    },
  };
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

function largestError(): Column<PrecisionRow> {
  return {
    ...numeric(
      'error',
      'Error',
      'Largest difference in an output',
      (row) => row.maxError,
      significant3,
    ),
    subtitle: 'largest',
  };
}

function sqnr(): Column<PrecisionRow> {
  return numeric(
    'sqnr',
    'SQNR',
    'Signal to quantization noise; higher is closer to fp32',
    (row) => row.sqnrDb,
    (value) => (Number.isFinite(value) ? `${value.toFixed(1)} dB` : `${significant(value)} dB`),
  );
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

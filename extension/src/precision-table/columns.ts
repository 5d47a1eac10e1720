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
  CLAIMED,
  claimOrigin,
  claimSentence,
  claimsOf,
  scoreChangeText,
  scoreIntervalText,
  scoreText,
  speedBaseline,
  type Claimed,
  type PrecisionRow,
  type PrecisionTable,
  type Ranked,
} from 'halfnote/mime/precision';
import { element, type Child } from '../dom/element';
import { badge } from '../dom/parts';
import type { Column } from '../dom/table';

/** The columns of the precision table: what one decides by first; beside it what the literature claims, where it is asked for. */
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
    ...(withLiterature ? literature(table) : []),
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

function literature(table: PrecisionTable): Column<PrecisionRow>[] {
  return CLAIMED.filter((quantity) =>
    table.rows.some((row) => claimsOf(row, quantity).length > 0),
  ).map((quantity) => claimColumn(quantity, table));
}

const CLAIM_TITLES: Readonly<
  Record<Claimed, { readonly title: string; readonly subtitle?: string }>
> = {
  speed: { title: 'Speed' },
  memory: { title: 'Memory', subtitle: 'saved' },
  energy: { title: 'Energy', subtitle: 'saved' },
};

/** Each claim with whence it comes; conditions and the citation in full are its title, and below the view. */
function claimColumn(quantity: Claimed, table: PrecisionTable): Column<PrecisionRow> {
  return {
    id: `lit-${quantity}`,
    ...CLAIM_TITLES[quantity],
    group: 'Literature',
    hint: 'What publications claim, on other machines and models: not measured here',
    value: (row) => claimsOf(row, quantity).find(({ range }) => range !== undefined)?.range?.[1],
    cell: (row) => {
      const claims = claimsOf(row, quantity);
      if (claims.length === 0) return none();
      const sentences = claims.map((claim) => claimSentence(claim, table)).join(' ');
      return element(
        'span',
        { class: 'hn-claims', title: sentences },
        claims.map((claim) =>
          element('span', { class: 'hn-claim' }, [
            element('span', { class: claim.source === undefined ? 'hn-cited' : undefined }, [
              claim.says,
            ]),
            element('span', { class: 'hn-subtitle' }, [` ${claimOrigin(claim, table)}`]),
          ]),
        ),
      );
    },
  };
}

function none(): Child {
  return element('span', { class: 'hn-absent', title: 'No claim is known' }, [ABSENT]);
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

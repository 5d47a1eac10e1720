import type { MimeBundle } from '../../host';
import {
  bundle,
  type Fallback,
  fold,
  notes,
  paragraph,
  picture,
  stacked,
  table,
} from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { plain } from '../../display/text';
import { verdict } from '../../display/verdict';
import { decodeNumber } from '../../display/numbers';
import { MIME } from '../../payloads/mime-types';
import type { WireNumber } from '../../display/numbers';
import {
  type Cost,
  COST_NAMES,
  costsOf,
  frontLine,
  frontOf,
  silenceText,
  type Worth,
  worthName,
  worthsOf,
} from '../../payloads/precision/front';
import type { PrecisionRow, PrecisionTable } from '../../payloads/precision/table';
import { speedBaseline } from '../../payloads/precision/speed-baseline';
import { notesBelowVerdict } from '../../payloads/precision/trial-rows';
import { precisionVerdict } from '../../payloads/precision/verdict';
import { count, figuresTable, optional } from './figures-table';
import { frontChart } from './front-chart';
import { claimedChart, speedupChart } from './speedup-chart';
import { trialsTable } from './trials-view';
import { ABSENT, duration, ratio, significant } from '../../display/units';

const EXPECTED_CAPTION = 'Here against the literature';
const EXPECTED: readonly Column[] = [
  { header: 'Format' },
  ...['Speedup', 'Memory saved', 'Energy saved'].flatMap((group): Column[] => [
    { header: 'here', group },
    { header: 'literature', group },
  ]),
  { header: 'Source', align: 'left' },
];

/** The comparison of number formats on one model, as our MIME type, HTML and text: what it comes to first. */
export function precisionTableBundle(payload: PrecisionTable): MimeBundle {
  const found = precisionVerdict(payload);
  const [worth = 'sqnr'] = worthsOf(payload);
  const costs = costsOf(payload);
  const first = costs.includes(found.cost) ? found.cost : 'bytes';
  const others = costs.filter((cost) => cost !== first);
  return bundle(
    MIME.precisionTable,
    payload,
    stacked(
      verdict(found),
      figuresTable(payload),
      ...trialsTable(payload),
      front(payload, first, worth),
      picture((width) => speedupChart(payload, width)),
      ...(others.length === 0
        ? []
        : [
            fold(
              `The same against ${others.map((cost) => COST_NAMES[cost]).join(' and ')}`,
              stacked(...others.map((cost) => front(payload, cost, worth))),
            ),
          ]),
      ...literatureFold(payload),
      notes([...remarks(payload), ...notesBelowVerdict(payload)]),
    ),
  );
}

/** The chart of worth against one cost, and which formats aren't in it; its points as text. */
function front(payload: PrecisionTable, cost: Cost, worth: Worth): Fallback {
  const found = frontOf(payload, cost, worth);
  if (found.points.length < 2) return { html: '', text: '' };
  const line = frontLine(found).map(({ format }) => format);
  const front = `On the front of ${worthName(worth, payload)} against ${COST_NAMES[cost]}: ${line.join(', ')}.`;
  const silence = silenceText(found, payload);
  return stacked(
    picture((width) => frontChart(payload, cost, worth, width)),
    ...(silence === '' ? [] : [paragraph(silence)]),
    { html: '', text: plain(front) },
  );
}

/** What is claimed elsewhere, below a fold: it would squeeze what was measured. */
function literatureFold(payload: PrecisionTable): Fallback[] {
  const rows = expectedRows(payload);
  if (rows.length === 0) return [];
  return [
    fold(
      EXPECTED_CAPTION,
      stacked(
        picture((width) => claimedChart(payload, width)),
        table(EXPECTED, rows, { caption: EXPECTED_CAPTION }),
      ),
    ),
  ];
}

function expectedRows({ rows, baseline }: PrecisionTable): Row[] {
  return rows.flatMap((row) => {
    const { literature, format, energyJ } = row;
    if (literature === null) return [];
    const reference = rows.find((other) => other.format === (row.against ?? baseline));
    const weights = reference === undefined ? NaN : 1 - row.weightBytes / reference.weightBytes;
    const joules = reference?.energyJ ?? null;
    return [
      [
        format,
        optional(row.speedup, ratio),
        interval(literature.speedup, (value) => significant(value, 2), 'x'),
        saved(weights),
        interval(literature.memorySaved, (value) => (value * 100).toFixed(0), '%'),
        energyJ === null || joules === null
          ? ABSENT
          : `${saved(1 - decodeNumber(energyJ.value) / decodeNumber(joules.value))} ${energyJ.method}`,
        interval(literature.energySaved, (value) => (value * 100).toFixed(0), '%'),
        literature.source,
      ],
    ];
  });
}

/** A fraction saved; where more was spent, how much more. */
function saved(fraction: number): string {
  if (!Number.isFinite(fraction)) return ABSENT;
  return `${Math.abs(fraction * 100).toFixed(0)}%${fraction < 0 ? ' more' : ''}`;
}

function interval(
  [low, high]: readonly [WireNumber, WireNumber],
  show: (value: number) => string,
  unit: string,
): string {
  const [from, to] = [show(decodeNumber(low)), show(decodeNumber(high))];
  return from === to ? `${to}${unit}` : `${from}–${to}${unit}`;
}

/** What a reader must know to read the figures: how each came about, and what is lost. */
function remarks(payload: PrecisionTable): string[] {
  const { rows } = payload;
  const timed = rows.find((row) => row.latencyS !== null)?.latencyS;
  const how =
    timed === undefined || timed === null
      ? []
      : [
          `Latency is measured: the median of ${payload.trials === undefined ? `${count(timed.runs, 'run')} a batch` : `the trials' means`}, p95 ` +
            rows
              .flatMap(({ format, latencyS }) =>
                latencyS === null ? [] : [`${format} ${duration(decodeNumber(latencyS.p95))}`],
              )
              .join(', ') +
            `. Speedup is against ${speedBaseline(payload)}; a simulated format claims none.`,
        ];
  const sources = new Set(
    rows.flatMap(({ energyJ }) =>
      energyJ === null ? [] : [`Energy is ${energyJ.method}: ${energyJ.source}.`],
    ),
  );
  return [...how, ...sources, ...engineNotes(rows)];
}

/** One line for all formats of which the same is to be said. */
function engineNotes(rows: readonly PrecisionRow[]): string[] {
  const formats = new Map<string, string[]>();
  for (const { format, execution, engine, note } of rows) {
    const text = `${execution}, ${engine}${note === '' ? '' : `; ${note}`}`;
    formats.set(text, [...(formats.get(text) ?? []), format]);
  }
  return Array.from(formats, ([text, names]) => `${names.join(', ')}: ${text}`);
}

import type { MimeBundle } from '../../host';
import {
  bundle,
  type Fallback,
  fold,
  notes,
  paragraph,
  picture,
  stacked,
} from '../../display/fallback';
import { plain } from '../../display/text';
import { verdict } from '../../display/verdict';
import { decodeNumber } from '../../display/numbers';
import { MIME } from '../../payloads/mime-types';
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
import { count, figuresTable } from './figures-table';
import { frontChart } from './front-chart';
import { literaturePart } from './literature-view';
import { speedupChart } from './speedup-chart';
import { trialsTable } from './trials-view';
import { duration } from '../../display/units';

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
      ...literaturePart(payload),
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

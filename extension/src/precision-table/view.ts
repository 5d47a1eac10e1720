import { decodeNumber, si, significant } from 'halfnote/mime';
import {
  CLAIMED,
  CLAIMED_NAMES,
  claimSentence,
  claimsOf,
  COST_NAMES,
  costsOf,
  frontOf,
  hasClaims,
  notesBelowVerdict,
  precisionTable,
  precisionVerdict,
  silenceText,
  worthName,
  worthsOf,
  type Cost,
  type PrecisionRow,
  type PrecisionTable,
  type Worth,
} from 'halfnote/mime/precision';
import { Choice } from '../dom/choice';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { badge, details, heading, notes } from '../dom/parts';
import { FoldedRows } from '../dom/folded-rows';
import { SortableTable } from '../dom/table';
import { Toggle } from '../dom/toggle';
import { VerdictLine } from '../dom/verdict-line';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { firstRows } from './first-rows';
import { precisionColumns } from './columns';
import { precisionFigure } from './figure';
import { frontFigure } from './front-figure';
import { trialsPart } from './trials';

/** Checks data that claims to be a precision table. */
export function check(data: unknown): Checked<PrecisionTable> {
  return checkPayload(precisionTable, data);
}

/** What the bars of speed and weights are called among the charts. */
const BARS = 'bars';

/**
 * The comparison of number formats: what it comes to, trials' verdict and intervals, a chart of worth against
 * the cost that the reader chooses, and a table of all figures.
 */
export function createView(): View<PrecisionTable> {
  const node = element('section', { class: 'hn-view hn-precision-table', role: 'group' });
  const said = new VerdictLine();
  const chart = new Chart();
  const table = new SortableTable<PrecisionRow>({
    caption: 'Figures of each format',
    columns: [],
    rowClass: ({ execution }) => `hn-row-${execution}`,
  });
  const silence = element('p', { class: 'hn-hint' });
  const chosen: { chart?: string; worth?: Worth } = {};
  let shown: PrecisionTable | undefined;
  const redraw = (): void => {
    if (shown !== undefined) void show(shown);
  };
  const charts = new Choice('Chart', (value) => {
    chosen.chart = value;
    redraw();
  });
  const worths = new Choice('by', (value) => {
    chosen.worth = value as Worth;
    redraw();
  });
  const literature = new Toggle("Show the literature's claims", redraw);
  const rest = new FoldedRows(redraw);
  const folded = details('How this was found', []);

  const show = async (payload: PrecisionTable): Promise<void> => {
    const verdict = precisionVerdict(payload);
    const offered = costsOf(payload);
    const known = worthsOf(payload);
    const preset = offered.includes(verdict.cost) ? verdict.cost : offered[0];
    const cost = [...offered, BARS].find((name) => name === chosen.chart) ?? preset ?? BARS;
    const worth = known.find((name) => name === chosen.worth) ?? known[0] ?? 'sqnr';
    const isBars = cost === BARS;
    const withLiterature = literature.isOn;

    node.setAttribute('aria-label', payload.title);
    said.update(verdict);
    charts.update(
      [
        ...offered.map((name) => [name, `against ${COST_NAMES[name]}`] as const),
        [BARS, 'speed and weights, as bars'],
      ],
      cost,
    );
    worths.update(
      known.map((name) => [name, worthName(name, payload)] as const),
      worth,
    );
    worths.node.hidden = known.length < 2 || isBars;
    literature.node.hidden = !hasClaims(payload);
    silence.textContent = isBars ? '' : silenceText(frontOf(payload, cost as Cost, worth), payload);
    silence.hidden = silence.textContent === '';
    table.setColumns(precisionColumns(payload, withLiterature));
    const [all, first] = [payload.rows, firstRows(payload)];
    table.update(
      rest.of(all, first, {
        all: `All ${all.length} formats (${first.length} shown: the baseline and the front first)`,
        fewer: 'Only the first formats',
      }),
    );
    keepChildren(folded, [
      element('summary', {}, ['How this was found']),
      notes(notesBelowVerdict(payload)),
      runs(payload),
      ...claims(payload),
    ]);
    keepChildren(node, [
      said.node,
      heading(payload.title, facts(payload)),
      ...trialsPart(payload),
      controls([charts.node, worths.node, literature.node]),
      chart.node,
      silence,
      table.node,
      rest.node,
      folded,
    ]);
    await chart.draw((theme, width) =>
      isBars
        ? precisionFigure(payload, theme, width, withLiterature)
        : frontFigure(payload, cost as Cost, worth, theme),
    );
  };
  return {
    node,
    update(payload) {
      shown = payload;
      return show(payload);
    },
    dispose() {
      chart.dispose();
    },
  };
}

function facts({ model, device, batchSize, samples }: PrecisionTable): string[] {
  return [
    model.name,
    `${model.parameters.toLocaleString('en')} parameters`,
    device.name,
    device.engine,
    `${device.threads} thread${device.threads === 1 ? '' : 's'}`,
    `batch ${batchSize}`,
    `${samples.toLocaleString('en')} samples`,
  ];
}

function runs({ rows }: PrecisionTable): HTMLElement {
  return element(
    'dl',
    { class: 'hn-runs' },
    rows.flatMap(({ format, execution, engine, note, latencyS, throughputPerS }) => [
      element('dt', {}, [`${format} `, badge(execution)]),
      element('dd', {}, [
        note === '' ? engine : `${engine}: ${note}`,
        ...(latencyS === null ? [] : [element('div', {}, [timing(latencyS, throughputPerS)])]),
      ]),
    ]),
  );
}

/** What publications claim, each with its conditions and the citation in full. */
function claims(payload: PrecisionTable): HTMLElement[] {
  if (!hasClaims(payload)) return [];
  const entries = payload.rows.flatMap((row) => {
    const own = CLAIMED.flatMap((quantity) =>
      claimsOf(row, quantity).map((claim) =>
        element('div', {}, [`${CLAIMED_NAMES[quantity]}: ${claimSentence(claim, payload)}`]),
      ),
    );
    if (own.length === 0) return [];
    return [
      element('dt', {}, [`${row.format}, literature`]),
      element('dd', { class: 'hn-cited' }, own),
    ];
  });
  return [element('dl', { class: 'hn-runs' }, entries)];
}

function timing(
  { median, p95, runs }: NonNullable<PrecisionRow['latencyS']>,
  throughputPerS: PrecisionRow['throughputPerS'],
): string {
  const rate =
    throughputPerS === null ? '' : `, ${significant(decodeNumber(throughputPerS))} samples/s`;
  return (
    `Measured over ${runs} runs: median ${si(decodeNumber(median), 's')}, ` +
    `95th percentile ${si(decodeNumber(p95), 's')}${rate}`
  );
}

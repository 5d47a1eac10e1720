import { decodeNumber, si, significant } from 'halfnote/mime';
import {
  notesBelowVerdict,
  precisionTable,
  type PrecisionRow,
  type PrecisionTable,
} from 'halfnote/mime/precision';
import { keepChildren } from '../dom/keep';
import { element } from '../dom/element';
import { badge, details, heading, notes } from '../dom/parts';
import { SortableTable } from '../dom/table';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { precisionColumns } from './columns';
import { precisionFigure } from './figure';
import { trialsPart } from './trials';

/** Checks data that claims to be a precision table. */
export function check(data: unknown): Checked<PrecisionTable> {
  return checkPayload(precisionTable, data);
}

/** The comparison of number formats: trials' verdict and intervals, a table of all figures, and the two that matter as bars. */
export function createView(): View<PrecisionTable> {
  const node = element('section', { class: 'hn-view hn-precision-table' });
  const chart = new Chart();
  const table = new SortableTable<PrecisionRow>({
    caption: 'Figures of each format',
    columns: [],
    rowClass: ({ execution }) => `hn-row-${execution}`,
  });
  return {
    node,
    async update(payload) {
      node.setAttribute('aria-label', payload.title);
      table.setColumns(precisionColumns(payload));
      table.update(payload.rows);
      keepChildren(node, [
        heading(payload.title, facts(payload)),
        ...trialsPart(payload),
        table.node,
        chart.node,
        notes(notesBelowVerdict(payload)),
        details('How each format was run', [runs(payload)]),
      ]);
      await chart.draw((theme, width) => precisionFigure(payload, theme, width));
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
    rows.flatMap(({ format, execution, engine, note, literature, latencyS, throughputPerS }) => [
      element('dt', {}, [`${format} `, badge(execution)]),
      element('dd', {}, [
        note === '' ? engine : `${engine}: ${note}`,
        ...(latencyS === null ? [] : [element('div', {}, [timing(latencyS, throughputPerS)])]),
        ...(literature === null
          ? []
          : [element('div', { class: 'hn-cited' }, [`Literature: ${literature.source}`])]),
      ]),
    ]),
  );
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

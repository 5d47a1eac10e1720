import {
  ABSENT,
  carbonReport,
  decodeNumber,
  duration,
  si,
  significant,
  type CarbonReport,
  type EnergyPart,
  type EnergyWindow,
} from 'halfnote/mime';
import { element } from '../dom/element';
import { badge, heading, notes, totals } from '../dom/parts';
import { SortableTable, type Column } from '../dom/table';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { carbonFigure, COMPONENTS, shown } from './figure';

/** Checks data that claims to be a carbon report. */
export function check(data: unknown): Checked<CarbonReport> {
  return checkPayload(carbonReport, data);
}

/** Energy and CO2e: totals, a stacked bar of each window, and how each figure was found. */
export function createView(): View<CarbonReport> {
  const node = element('section', { class: 'hn-view hn-carbon' });
  const chart = new Chart();
  let total: EnergyWindow | undefined;
  const table = new SortableTable<EnergyWindow>({
    caption: 'Energy and CO2e by window',
    columns: COLUMNS,
    rowClass: (window) => (window === total ? 'hn-row-total' : ''),
  });
  return {
    node,
    async update(report) {
      node.setAttribute('aria-label', report.title);
      total = report.total;
      table.update(
        report.windows.length === 0 ? [report.total] : [...report.windows, report.total],
      );
      node.replaceChildren(
        heading(report.title, facts(report)),
        totals(sums(report.total)),
        chart.node,
        table.node,
        notes([...hidden(report), ...report.notes]),
      );
      await chart.draw((theme) => carbonFigure(report, theme));
    },
    dispose() {
      chart.dispose();
    },
  };
}

const COLUMNS: readonly Column<EnergyWindow>[] = [
  {
    id: 'name',
    title: 'Window',
    hint: 'A cell, a span, or all',
    value: ({ name }) => name,
    cell: ({ name }) => element('span', { class: 'hn-name' }, [name]),
  },
  figure('duration', 'Time', 'Wall clock', (window) => decodeNumber(window.durationS), duration),
  figure('energy', 'Energy', 'All components', (window) => decodeNumber(window.energyJ), joules),
  figure('power', 'Mean power', 'Energy by time', power, (value) =>
    Number.isNaN(value) ? ABSENT : si(value, 'W'),
  ),
  figure(
    'co2e',
    'CO2e',
    'By the grid intensity above',
    (window) => decodeNumber(window.co2eG),
    (value) => si(value, 'g'),
  ),
  {
    id: 'parts',
    title: 'Components and method',
    hint: 'Measured by a counter, or modelled',
    value: ({ parts }) => parts.map(({ method }) => method).join(),
    cell: ({ parts }) => element('div', { class: 'hn-parts' }, parts.map(part)),
  },
];

function figure(
  id: string,
  title: string,
  hint: string,
  value: (window: EnergyWindow) => number,
  show: (value: number) => string,
): Column<EnergyWindow> {
  return { id, title, hint, numeric: true, value, cell: (window) => show(value(window)) };
}

function part({ component, energyJ, method, source }: EnergyPart): HTMLElement {
  return element('span', { class: 'hn-part', title: source }, [
    `${COMPONENTS[component]} ${joules(decodeNumber(energyJ))} `,
    badge(method, source),
  ]);
}

function joules(value: number): string {
  return si(value, 'J');
}

function power(window: EnergyWindow): number {
  const seconds = decodeNumber(window.durationS);
  return seconds > 0 ? decodeNumber(window.energyJ) / seconds : NaN;
}

function sums(total: EnergyWindow): [string, string][] {
  const watts = power(total);
  return [
    [joules(decodeNumber(total.energyJ)), 'energy'],
    [si(decodeNumber(total.co2eG), 'g'), 'CO2e'],
    [duration(decodeNumber(total.durationS)), 'time'],
    [Number.isNaN(watts) ? ABSENT : si(watts, 'W'), 'mean power'],
  ];
}

function facts({ intensity, pue, scope, total }: CarbonReport): string[] {
  const sources = new Set(total.parts.map(({ source }) => source));
  return [
    scope,
    `${significant(decodeNumber(intensity.gramsPerKWh))} gCO2e/kWh (${intensity.region}, ${intensity.kind} of ${intensity.year}, ${intensity.source})`,
    `PUE ${significant(decodeNumber(pue))}`,
    ...sources,
  ];
}

function hidden(report: CarbonReport): string[] {
  const more = report.windows.length - shown(report).length;
  return more > 0
    ? [`The chart shows the windows that took most; ${more} more are in the table.`]
    : [];
}

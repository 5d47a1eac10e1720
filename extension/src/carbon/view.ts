import {
  accountRows,
  boundaryRows,
  carbonReport,
  carbonVerdict,
  duration,
  intensityLine,
  printQuantity,
  si,
  windowRows,
  type AccountRow,
  type BoundaryRow,
  type CarbonReport,
  type EnergyDevice,
  type Quantity,
  type WindowRow,
} from 'halfnote/mime';
import { keepChildren } from '../dom/keep';
import { element } from '../dom/element';
import { details, heading, notes, totals } from '../dom/parts';
import { PlainTable } from '../dom/plain-table';
import { SortableTable } from '../dom/table';
import { VerdictLine } from '../dom/verdict-line';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { accountBar } from './account-bar';
import { ACCOUNTS, BOUNDARIES, DEVICES, value, WINDOWS } from './columns';
import { carbonFigure, drawable, shown } from './figure';
import { WhatIf } from './what-if';

/** Checks data that claims to be a carbon report. */
export function check(data: unknown): Checked<CarbonReport> {
  return checkPayload(carbonReport, data);
}

/** Energy and CO2e: two boundaries, three accounts, the windows as a tree, and how each figure was found. */
export function createView(): View<CarbonReport> {
  const node = element('section', { class: 'hn-view hn-carbon', role: 'group' });
  const chart = new Chart();
  let total: CarbonReport['total'] | undefined;
  const windows = new SortableTable<WindowRow>({
    caption: 'Energy and CO2e by window',
    columns: WINDOWS,
    rowClass: ({ window }) => (window === total ? 'hn-row-total' : ''),
  });
  const boundaries = new PlainTable<BoundaryRow>('Two boundaries', BOUNDARIES);
  const accounts = new PlainTable<AccountRow>('Three accounts', ACCOUNTS);
  const devices = new PlainTable<EnergyDevice>('Devices', DEVICES);
  const figures = element('div', { class: 'hn-side-by-side' }, [boundaries.node, accounts.node]);
  const verdict = new VerdictLine();
  const whatIf = new WhatIf();
  const split = details('', []);
  const tree = details('', []);
  const methods = details('', []);
  return {
    node,
    async update(report) {
      total = report.total;
      const { rows, hidden, hiddenJ } = windowRows(report);
      const name = `${report.title}${report.complete ? '' : ' (incomplete)'}`;
      node.setAttribute('aria-label', name);
      windows.update(rows);
      boundaries.update(boundaryRows(report));
      accounts.update(accountRows(report.total), ({ account }) =>
        account === 'machine' ? 'hn-row-total' : `hn-account-${account}`,
      );
      devices.update(report.devices);
      whatIf.update(report);
      verdict.update(carbonVerdict(report));
      keepChildren(split, [
        element('summary', {}, ['Two boundaries, three accounts']),
        figures,
        accountBar(report.total),
      ]);
      keepChildren(tree, [
        element('summary', {}, [`Figures of ${rows.length.toLocaleString('en')} windows`]),
        windows.node,
      ]);
      keepChildren(methods, [
        element('summary', {}, ['How this was found']),
        devices.node,
        notes([intensityLine(report), ...report.notes]),
      ]);
      keepChildren(node, [
        verdict.node,
        heading(name, [report.scope, report.total.energyJ.method]),
        totals(sums(report)),
        whatIf.node,
        chart.node,
        notes(left(report, hidden, hiddenJ)),
        split,
        tree,
        methods,
      ]);
      await chart.draw((theme) => carbonFigure(report, theme));
    },
    dispose() {
      chart.dispose();
    },
  };
}

function sums({ total, complete }: CarbonReport): [string, string][] {
  const whole = (figure: Quantity): Quantity => ({
    ...figure,
    complete: figure.complete && complete,
  });
  return [
    [printQuantity(whole(total.energyJ), 'J'), "energy of the user's code"],
    [printQuantity(whole(total.co2eG), 'g'), 'CO2e of it'],
    [value(total.machineJ, 'J'), 'whole machine'],
    [duration(total.durationS), 'time'],
  ];
}

function left(report: CarbonReport, hidden: number, hiddenJ: number): string[] {
  const undrawn = drawable(report).length - shown(report).length;
  return [
    ...(hidden > 0
      ? [
          `${hidden} smaller windows are not listed; they took ${si(hiddenJ, 'J')} of the user's code. The data of this output has all.`,
        ]
      : []),
    ...(undrawn > 0 ? [`The chart leaves out ${undrawn} windows that took less.`] : []),
  ];
}

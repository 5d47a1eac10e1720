import {
  ABSENT,
  accountRows,
  boundaryRows,
  carbonReport,
  duration,
  intensityLine,
  joulesLike,
  printQuantity,
  si,
  windowName,
  windowRows,
  type AccountRow,
  type BoundaryRow,
  type CarbonReport,
  type EnergyDevice,
  type Quantity,
  type WindowRow,
} from 'halfnote/mime';
import { element } from '../dom/element';
import { badge, details, heading, notes, totals } from '../dom/parts';
import { PlainTable } from '../dom/plain-table';
import { SortableTable, type Column } from '../dom/table';
import { check as checkPayload, type Checked } from '../payload';
import { Chart } from '../plot/chart';
import type { View } from '../view';
import { accountBar } from './account-bar';
import { carbonFigure, COMPONENTS, shown } from './figure';

/** Checks data that claims to be a carbon report. */
export function check(data: unknown): Checked<CarbonReport> {
  return checkPayload(carbonReport, data);
}

/** Energy and CO2e: two boundaries, three accounts, the windows as a tree, and how each figure was found. */
export function createView(): View<CarbonReport> {
  const node = element('section', { class: 'hn-view hn-carbon' });
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
      node.replaceChildren(
        heading(name, [report.scope, report.total.energyJ.method]),
        totals(sums(report)),
        element('div', { class: 'hn-side-by-side' }, [boundaries.node, accounts.node]),
        accountBar(report.total),
        chart.node,
        windows.node,
        notes(left(report, hidden, hiddenJ)),
        details('Devices and their methods', [devices.node]),
        notes([intensityLine(report), ...report.notes]),
      );
      await chart.draw((theme) => carbonFigure(report, theme));
    },
    dispose() {
      chart.dispose();
    },
  };
}

const BOUNDARIES = [
  { title: 'Boundary', cell: ({ name }: BoundaryRow) => name },
  { title: 'Attributed to this work', cell: ({ attributed }: BoundaryRow) => attributed },
  { title: 'Whole machine', cell: ({ machine }: BoundaryRow) => machine },
];

const ACCOUNTS = [
  {
    title: 'Account',
    cell: ({ name }: AccountRow) => element('span', { class: 'hn-account' }, [name]),
  },
  { title: 'Energy', cell: ({ energy }: AccountRow) => energy },
  { title: 'Share', cell: ({ share }: AccountRow) => share },
  { title: 'CPU time', cell: ({ cpu }: AccountRow) => cpu },
];

const DEVICES = [
  { title: 'Device', cell: ({ component }: EnergyDevice) => COMPONENTS[component] },
  { title: "User's code", cell: ({ accountsJ }: EnergyDevice) => print(accountsJ.user) },
  { title: 'Whole machine', cell: ({ machineJ }: EnergyDevice) => print(machineJ) },
  {
    title: 'of it idle',
    cell: ({ idleJ, machineJ }: EnergyDevice) =>
      idleJ === null ? ABSENT : joulesLike(idleJ, machineJ),
  },
  {
    title: 'Method and source',
    cell: ({ method, source }: EnergyDevice) =>
      element('span', { class: 'hn-part' }, [badge(method), ` ${source}`]),
  },
];

const WINDOWS: readonly Column<WindowRow>[] = [
  {
    id: 'name',
    title: 'Window',
    hint: 'A cell, a span within it, the time between cells, or what a cell left in the background',
    value: ({ window }) => window.id,
    cell: ({ window, depth }) =>
      element('span', { class: `hn-name hn-depth-${Math.min(depth, 6)}` }, [windowName(window)]),
  },
  figure('duration', 'Time', 'Wall clock', ({ window }) => window.durationS, duration),
  {
    ...energy('energy', 'inclusive', "Of the user's code, with the windows within", 'energyJ'),
    group: "User's code",
    cell: ({ window }) => print(window.energyJ),
  },
  {
    ...figure(
      'exclusive',
      'exclusive',
      "Of the user's code, while no window within was open",
      ({ window }) => window.exclusiveJ.user,
    ),
    group: "User's code",
    cell: ({ window }) => joulesLike(window.exclusiveJ.user, window.energyJ),
  },
  {
    ...figure(
      'halfnote',
      'Halfnote',
      'Compiling, starting, and the kernel itself',
      ({ window }) => window.accountsJ.halfnote.value,
    ),
    cell: ({ window }) => value(window.accountsJ.halfnote, 'J'),
  },
  energy('machine', 'Machine', 'The whole machine', 'machineJ'),
  {
    ...figure('co2e', 'CO2e', "Of the user's code", ({ window }) => window.co2eG.value),
    cell: ({ window }) => value(window.co2eG, 'g'),
  },
  {
    id: 'method',
    title: 'Method',
    hint: 'Read from a counter, estimated from one, or modelled',
    value: ({ window }) => window.energyJ.method,
    cell: ({ window }) => badge(window.energyJ.method),
  },
];

function figure(
  id: string,
  title: string,
  hint: string,
  of: (row: WindowRow) => number,
  show: (value: number) => string = String,
): Column<WindowRow> {
  return { id, title, hint, numeric: true, value: of, cell: (row) => show(of(row)) };
}

function energy(
  id: string,
  title: string,
  hint: string,
  field: 'energyJ' | 'machineJ',
): Column<WindowRow> {
  return {
    ...figure(id, title, hint, ({ window }) => window[field].value),
    cell: ({ window }) => value(window[field], 'J'),
  };
}

function print(figure: Quantity): string {
  return printQuantity(figure, 'J');
}

/** Without its interval. */
function value(figure: Quantity, unit: string): string {
  return printQuantity({ ...figure, complete: true }, unit, { interval: false });
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
  const drawn = shown(report).length;
  const all = report.windows.filter(({ kind }) => kind !== 'outside').length;
  return [
    ...(hidden > 0
      ? [
          `${hidden} smaller windows are not listed; they took ${si(hiddenJ, 'J')} of the user's code. The data of this output has all.`,
        ]
      : []),
    ...(drawn < all && all > 1 && drawn > 1 && hidden === 0 && drawn >= 24
      ? [`The chart shows the ${drawn} windows that took most.`]
      : []),
  ];
}

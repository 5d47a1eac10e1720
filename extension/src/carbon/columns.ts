import {
  ABSENT,
  duration,
  joulesLike,
  printQuantity,
  windowName,
  type AccountRow,
  type BoundaryRow,
  type EnergyDevice,
  type Quantity,
  type WindowRow,
} from 'halfnote/mime';
import { element } from '../dom/element';
import { badge } from '../dom/parts';
import type { Column } from '../dom/table';
import { COMPONENTS } from './figure';

export const BOUNDARIES = [
  { title: 'Boundary', cell: ({ name }: BoundaryRow) => name },
  { title: 'Attributed to this work', cell: ({ attributed }: BoundaryRow) => attributed },
  { title: 'Whole machine', cell: ({ machine }: BoundaryRow) => machine },
];

export const ACCOUNTS = [
  {
    title: 'Account',
    cell: ({ name }: AccountRow) => element('span', { class: 'hn-account' }, [name]),
  },
  { title: 'Energy', cell: ({ energy }: AccountRow) => energy },
  { title: 'Share', cell: ({ share }: AccountRow) => share },
  { title: 'CPU time', cell: ({ cpu }: AccountRow) => cpu },
];

export const DEVICES = [
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

export const WINDOWS: readonly Column<WindowRow>[] = [
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
export function value(figure: Quantity, unit: string): string {
  return printQuantity({ ...figure, complete: true }, unit, { interval: false });
}

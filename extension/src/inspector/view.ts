import { decodeNumber, verdictOf } from 'halfnote/mime';
import { inspection, ROLES, shown, toggled, type Inspection } from 'halfnote/mime/inspection';
import { controls } from '../dom/controls';
import { element } from '../dom/element';
import { keepChildren } from '../dom/keep';
import { details, heading, notes } from '../dom/parts';
import { PlainTable } from '../dom/plain-table';
import { SortableTable } from '../dom/table';
import { VerdictLine } from '../dom/verdict-line';
import { check as checkPayload, type Checked } from '../payload';
import type { View } from '../view';
import { afterKey, bitAt, placeOf, type Place } from './bits';
import { COLUMNS, NEIGHBORS, orAbsent } from './columns';
import { rowOf, type Row } from './row';

const HINT =
  'Click a bit to turn it, or reach it with the arrow keys and turn it with the space bar: what follows from it is told for that format.';

/** Checks data that claims to be an inspected number. */
export function check(data: unknown): Checked<Inspection> {
  return checkPayload(inspection, data);
}

/** A number in several formats, whose bits can be turned: value, error, spacing and neighbors follow. */
export function createView(): View<Inspection> {
  const node = element('section', { class: 'hn-view hn-inspector', role: 'group' });
  const verdict = new VerdictLine();
  const table = new SortableTable<Row>({ caption: 'Formats', columns: COLUMNS, rowClass });
  table.node.classList.add('hn-tall');
  const neighbors = new PlainTable<Row>('Neighbors', NEIGHBORS);
  const said = element('p', { class: 'hn-turned', role: 'status' });
  const back = element('button', { type: 'button', class: 'hn-button' });
  const tools = controls([back]);
  const places = new Map<number, number>();
  const codes = new Map<number, number>();
  let payload: Inspection | undefined;

  const show = (): Row[] => {
    if (payload === undefined) return [];
    const original = decodeNumber(payload.value);
    const rows = payload.formats.map((format, index) =>
      rowOf(format, index, original, codes.get(index) ?? format.code, places.get(index) ?? 0),
    );
    table.update(rows);
    neighbors.update(rows);
    tools.hidden = codes.size === 0;
    back.textContent = `Back to ${shown(original)}`;
    return rows;
  };
  const reach = (at: Place): void => {
    places.set(at.row, at.place);
    show();
    bitAt(node, at)?.focus();
  };
  const turn = (at: Place): void => {
    const format = payload?.formats[at.row];
    if (format === undefined) return;
    const code = toggled(codes.get(at.row) ?? format.code, format.element.bits, at.place);
    if (code === format.code) codes.delete(at.row);
    else codes.set(at.row, code);
    places.set(at.row, at.place);
    const row = show()[at.row];
    if (row !== undefined) said.textContent = sentence(row, at.place);
    // Sorted by what has changed, the row may be elsewhere.
    bitAt(node, at)?.focus();
  };
  table.node.addEventListener('click', ({ target }) => {
    const at = placeOf(target);
    if (at !== undefined) turn(at);
  });
  table.node.addEventListener('keydown', (event) => {
    const at = placeOf(event.target);
    if (at === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const isTurn = event.key === ' ' || event.key === 'Enter';
    const next = isTurn ? at : afterKey(node, event.key, at);
    if (next === undefined) return;
    event.preventDefault();
    if (isTurn) turn(at);
    else reach(next);
  });
  back.addEventListener('click', () => {
    codes.clear();
    said.textContent = '';
    show();
    bitAt(node, { row: 0, place: places.get(0) ?? 0 })?.focus();
  });
  return {
    node,
    update(given) {
      payload = given;
      const { title, formats } = given;
      // Other formats have other codes.
      for (const [index, code] of codes)
        if (!(code < 2 ** (formats[index]?.element.bits ?? 0))) codes.delete(index);
      node.setAttribute('aria-label', title);
      verdict.update(given.verdict && verdictOf(given.verdict));
      show();
      keepChildren(node, [
        verdict.node,
        heading(title, []),
        element('p', { class: 'hn-hint' }, [HINT]),
        table.node,
        said,
        tools,
        legend(given),
        details('Neighbors', [neighbors.node]),
        notes(given.notes),
      ]);
      return Promise.resolve();
    },
    dispose: () => undefined,
  };
}

function rowClass({ code, format }: Row): string {
  return code === format.code ? '' : 'hn-row-turned';
}

/** `FP16, exponent bit 3: 1, value 0.75, code 0x3a00, between 0.7495 and 0.7505.` */
function sentence({ format, bits, reading }: Row, place: number): string {
  const bit = bits[place];
  const { value, hex, below, above } = reading;
  const beside =
    below === undefined && above === undefined
      ? ''
      : `, next to ${orAbsent(below)} and ${orAbsent(above)}`;
  return `${format.label}, ${bit?.name ?? ''}: ${bit?.isSet === true ? 1 : 0}, value ${shown(value)} (${hex})${beside}.`;
}

/** What the lines under bits mean, of those that occur. */
function legend({ formats }: Inspection): HTMLElement {
  const kinds = new Set(formats.map(({ element: { kind } }) => kind));
  const roles = [
    'sign',
    ...(kinds.has('float') ? (['exponent', 'significand'] as const) : []),
    ...(kinds.has('integer') ? (['integer'] as const) : []),
    ...(kinds.has('table') ? (['index'] as const) : []),
  ] as const;
  return element('p', { class: 'hn-hint hn-bit-legend' }, [
    'Bits: ',
    ...roles.map((role) =>
      element('span', { class: `hn-bit-${role} hn-bit-name` }, [ROLES[role].name]),
    ),
  ]);
}

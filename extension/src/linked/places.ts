import { layerOf } from './layer-name';

/** Heads of the columns whose cells name layers. */
const HEADS: ReadonlySet<string> = new Set(['layer', 'node']);
const OUTPUT = '.jp-OutputArea-output';

/** Where a layer stands: a row of a table, or what a view has drawn of it. */
export interface Place {
  readonly element: Element;
  readonly layer: string;
}

/** All places of a layer in outputs at or below `root`. */
export function placesOf(layer: string, root: Element): Element[] {
  // Most names are others, which is seen before one is read.
  const isOf = (name: string): boolean => name.includes(layer) && layerOf(name) === layer;
  const rows = layerTables(root).flatMap((table) =>
    namesIn(table).flatMap((name) => {
      const row = name.parentElement;
      return row !== null && isOf(name.textContent) ? [row] : [];
    }),
  );
  const drawn = [root, ...root.querySelectorAll('[data-layer]')].filter((element) =>
    isOf(element.getAttribute('data-layer') ?? ''),
  );
  return [...rows, ...drawn];
}

/** The place that an event is about: only the name of a row, but all of what is drawn. */
export function placeAt(target: EventTarget | null): Place | undefined {
  if (!(target instanceof Element)) return undefined;
  const drawn = target.closest('[data-layer]');
  if (drawn !== null)
    return { element: drawn, layer: layerOf(drawn.getAttribute('data-layer') ?? '') };
  const name = target.closest('tbody tr > :first-child');
  const table = name?.closest('table');
  const row = name?.parentElement;
  if (!name || !row || !(table instanceof HTMLTableElement) || !isLayerTable(table))
    return undefined;
  return { element: row, layer: layerOf(name.textContent) };
}

/** The tables of layers at or below `root`. */
export function layerTables(root: Element): HTMLTableElement[] {
  return [...(root instanceof HTMLTableElement ? [root] : root.querySelectorAll('table'))].filter(
    isLayerTable,
  );
}

/** The names in a table of layers, in its order. */
export function namesIn(table: HTMLTableElement): HTMLTableCellElement[] {
  return [...table.tBodies].flatMap((body) => [...body.rows].flatMap((row) => row.cells[0] ?? []));
}

/** The output that an element is in: what a reader would call a view. */
export function viewOf(element: Element): Element {
  return element.closest(OUTPUT) ?? element;
}

function isLayerTable(table: HTMLTableElement): boolean {
  const head = table.tHead?.rows[table.tHead.rows.length - 1]?.cells[0];
  const named = head?.textContent.replace(/[^\p{L}]+/gu, '').toLowerCase() ?? '';
  return HEADS.has(named) && table.closest(OUTPUT) !== null;
}

/** What a report names by a cell's index that isn't a cell of the notebook. */

/** All that lies outside of cells: the kernel's start, the time between cells, what cells left running. */
export const OUTSIDE = -1;

/** The cell that `--param` puts behind the one tagged `parameters`; the notebook doesn't hold it. */
export const INJECTED = -2;

/**
 * A cell in words, as who looks at the notebook counts: `cell 3`.
 * @param index in the notebook's own list of cells, {@link INJECTED} or {@link OUTSIDE}.
 */
export function cellName(index: number): string {
  if (index === INJECTED) return 'the cell of --param';
  return index === OUTSIDE ? 'outside' : `cell ${index + 1}`;
}

/** The same where it begins a line: `Cell 3`. */
export function cellTitle(index: number): string {
  const name = cellName(index);
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

export interface GridColumn {
  readonly header: string;
  /** What stands above it and its neighbors. */
  readonly group?: string;
  /** Of all its figures: `ms`. */
  readonly unit?: string;
  readonly isNumeric: boolean;
}

export interface GridCell {
  /** As it is read, without the unit that its column has. */
  readonly text: string;
  /** The figure as JavaScript writes it; missing where the cell is none. */
  readonly figure?: string;
}

/** A table for a paper: units stand in the heads, figures are bare. */
export interface Grid {
  readonly caption: string;
  /** How its figures came about. */
  readonly notes: readonly string[];
  readonly columns: readonly GridColumn[];
  readonly rows: readonly (readonly GridCell[])[];
}

/** A column's name with its unit, and with its group where no line above has that. */
export function headOf({ header, group, unit }: GridColumn, withGroup = true): string {
  const named = withGroup && group !== undefined ? `${group}: ${header}` : header;
  return unit === undefined ? named : `${named} (${unit})`;
}

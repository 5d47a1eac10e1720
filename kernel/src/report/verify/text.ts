import { textTable } from '../../display/table';
import { si, significant } from '../../display/units';
import type { Compared } from './compare';

/** A comparison as a table for a terminal. */
export function comparedText(compared: readonly Compared[]): string {
  return textTable(
    [
      { header: 'Figure' },
      { header: 'Report' },
      { header: 'Here' },
      { header: 'Change' },
      { header: 'Allowed' },
      { header: '', align: 'left' },
    ],
    compared.map(({ figure, unit, before, after, change, tolerance, holds }) => [
      figure,
      shown(before, unit),
      Number.isNaN(after) ? 'missing' : shown(after, unit),
      Number.isFinite(change) ? signed(change) : '',
      `±${significant(tolerance * 100, 2)} %`,
      holds ? 'holds' : 'DOES NOT HOLD',
    ]),
  );
}

function shown(value: number, unit: string): string {
  return unit === 'J' || unit === 's' ? si(value, unit) : `${significant(value, 4)} ${unit}`.trim();
}

function signed(change: number): string {
  return `${change >= 0 ? '+' : '-'}${significant(Math.abs(change) * 100, 2)} %`;
}

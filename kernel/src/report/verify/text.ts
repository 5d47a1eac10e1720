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
      { header: 'Scatter' },
      { header: '', align: 'left' },
    ],
    compared.map(({ figure, unit, before, after, change, tolerance, scatter, answer }) => [
      figure,
      shown(before, unit),
      Number.isNaN(after) ? 'missing' : shown(after, unit),
      Number.isFinite(change) ? signed(change) : '',
      `±${significant(tolerance * 100, 2)} %`,
      before === 0 || scatter === null
        ? ''
        : `±${significant((scatter / Math.abs(before)) * 100, 2)} %`,
      answer === 'does not hold' ? 'DOES NOT HOLD' : answer,
    ]),
  );
}

function shown(value: number, unit: string): string {
  return unit === 'J' || unit === 's' ? si(value, unit) : `${significant(value, 4)} ${unit}`.trim();
}

function signed(change: number): string {
  return `${change >= 0 ? '+' : '-'}${significant(Math.abs(change) * 100, 2)} %`;
}

import { type Fallback, table } from '../../display/fallback';
import type { Column } from '../../display/table';

const SOURCES: readonly Column[] = [
  { header: 'Source' },
  { header: 'Key', align: 'left' },
  { header: 'Citation', align: 'left' },
];

export interface CitedSource {
  readonly short: string;
  readonly key: string;
  readonly citation: string;
}

/** Sources in full; nothing where there are none. */
export function sourcesTable(sources: readonly CitedSource[], caption: string): Fallback[] {
  if (sources.length === 0) return [];
  const rows = sources.map(({ short, key, citation }) => [short, key, citation]);
  return [table(SOURCES, rows, { caption })];
}

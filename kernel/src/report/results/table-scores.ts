import { decodeNumber } from '../../display/numbers';
import type { PrecisionTable } from '../../payloads/precision/table';

/** A score of a precision table, by the name that it has among a report's results. */
export interface TableScore {
  readonly name: string;
  readonly format: string;
  readonly value: number;
}

/** The scores of a table, without rows that have none. */
export function tableScores({ metric, model, rows }: PrecisionTable): TableScore[] {
  return rows.flatMap(({ format, score }) => {
    const value = score === null ? NaN : decodeNumber(score);
    if (!Number.isFinite(value)) return [];
    return [{ name: `${metric} of ${model.name} in ${format}`, format, value }];
  });
}

import type { PrecisionRow } from '../mime/payloads';

/** Below this a speedup is no gain: timings on a shared machine differ by as much. */
const PAYS = 1.05;

/** What a reader should not overlook: formats that don't pay here, and those that claim nothing. */
export function remarks(
  rows: readonly PrecisionRow[],
  baseline: string,
  batchSize: number,
): string[] {
  const base = rows.find((row) => row.format === baseline);
  const notes: string[] = [];
  if (base !== undefined && base.latencyS === null) {
    notes.push(`No speedups: the baseline, ${baseline}, is simulated here.`);
  }
  if (baseline !== 'fp32') {
    notes.push(
      `No figures from the literature: they are relative to fp32, and the baseline is ${baseline}.`,
    );
  }
  for (const row of rows) {
    if (row.format === baseline) continue;
    if (row.execution === 'simulated') {
      notes.push(`${row.format} is simulated here: its errors are real, its speed is not shown.`);
    } else if (typeof row.speedup === 'number' && row.speedup < PAYS) {
      notes.push(
        `${row.format} does not pay in time here: ${row.speedup.toFixed(2)}x the speed of ${baseline} at batch size ${batchSize}.`,
      );
    }
    if (base !== undefined && row.weightBytes > base.weightBytes) {
      notes.push(`${row.format} needs more memory for its weights than ${baseline} on this model.`);
    }
  }
  return notes;
}

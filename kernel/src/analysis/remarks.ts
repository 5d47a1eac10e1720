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
  const others = rows.filter((row) => row.format !== baseline);
  const slow = others.filter(({ speedup }) => typeof speedup === 'number' && speedup < PAYS);
  if (slow.length > 0) {
    const each = slow.map(({ format, speedup }) => `${format} ${Number(speedup).toFixed(2)}x`);
    notes.push(
      `No gain in time here at batch size ${batchSize}, against the speed of ${baseline}: ${each.join(', ')}.`,
    );
  }
  const simulated = others.filter(({ execution }) => execution === 'simulated');
  if (simulated.length > 0) {
    notes.push(
      `Simulated here, so that errors are real and no speed is shown: ${namesOf(simulated)}.`,
    );
  }
  const large = others.filter((row) => base !== undefined && row.weightBytes > base.weightBytes);
  if (large.length > 0) {
    notes.push(`More memory for weights than ${baseline} takes on this model: ${namesOf(large)}.`);
  }
  return notes;
}

function namesOf(rows: readonly PrecisionRow[]): string {
  return rows.map(({ format }) => format).join(', ');
}

import type { PrecisionRow } from '../../payloads/precision/table';
import { ratio } from '../../display/units';
import type { Verdict } from '../../quantities/welch';

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
  notes.push(...engineGains(rows, base));
  const others = rows.filter(({ format, against }) => format !== baseline && format !== against);
  const slow = others.filter(isNoGain);
  if (slow.length > 0) {
    const each = slow.map(({ format, speedup, trials, against = baseline }) => {
      const verdict = trials?.against?.durationS.verdict;
      const aside = [
        ...(verdict === undefined ? [] : [inTime(verdict)]),
        ...(against === baseline ? [] : [`of ${against}`]),
      ];
      const factor = `${format} ${Number(speedup).toFixed(2)}x`;
      return aside.length === 0 ? factor : `${factor} (${aside.join('; ')})`;
    });
    notes.push(
      `No gain in time ${base?.trials === undefined ? '' : 'is shown '}here at batch size ${batchSize}, against the speed of ${baseline}: ${each.join(', ')}.`,
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

/** By the test of the trials where there are some. */
function isNoGain({ speedup, trials }: PrecisionRow): boolean {
  const shown = trials?.against?.durationS.verdict;
  if (shown !== undefined) return shown !== 'lower';
  return typeof speedup === 'number' && speedup < PAYS;
}

function inTime(verdict: Verdict): string {
  return verdict === 'higher' ? 'slower' : verdict;
}

/** What an integer model gains over the model as it was, where another engine is a part of it. */
function engineGains(rows: readonly PrecisionRow[], base: PrecisionRow | undefined): string[] {
  const there = rows.filter(({ against }) => against !== undefined && against !== base?.format);
  const [first] = there;
  if (first === undefined) return [];
  const gains = there.flatMap(({ format, latencyS }) => {
    const factor = Number(base?.latencyS?.median) / Number(latencyS?.median);
    return Number.isFinite(factor) ? [`${format} ${ratio(factor)}`] : [];
  });
  if (gains.length === 0) return [];
  return [
    `${namesOf(there.filter(({ format, against }) => format !== against))} ran as one graph in ONNX Runtime, so the speedup is against fp32 there ` +
      `(${first.against}): what the format gains. Against fp32 layer by layer, as tfjs runs it, the ` +
      `engine is a part of it: ${gains.join(', ')}.`,
  ];
}

function namesOf(rows: readonly PrecisionRow[]): string {
  return rows.map(({ format }) => format).join(', ');
}

import { duration, si, significant } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import { printQuantity } from '../../quantities/print';
import type { ThroughputResult, ThroughputRow, TrainingToTargetResult } from './result';

/** Each batch is run for so much longer where its tail isn't known. */
const LONGER_S = 10;

/** The variables that hold what was measured. */
export interface Measured {
  readonly model: string | undefined;
  readonly x: string | undefined;
}

/** Where most samples a second come, and what a batch takes there. */
export function throughputVerdict(
  { format, execution, rows }: ThroughputResult,
  { model, x }: Measured,
): Verdict {
  const [first] = rows;
  if (execution === 'simulated' || first === undefined) {
    return {
      sentence: `${format} is simulated here: what that takes says nothing of the format, so no speed is shown.`,
      tone: 'caution',
    };
  }
  const best = rows.reduce((a, b) => ((b.samplesPerS ?? 0) > (a.samplesPerS ?? 0) ? b : a));
  const isTailKnown = rows.every(({ latencyS }) => latencyS !== null && latencyS.p99 !== null);
  const sizes = rows.map(({ batchSize }) => batchSize).join(',');
  return {
    sentence:
      rows.length === 1
        ? `${rate(best)} at batch ${best.batchSize}, ${latency(best)}.`
        : `Most samples a second at batch ${best.batchSize}: ${rate(best)}, ${latency(best)}${against(best, first)}.`,
    tone: 'good',
    ...(!isTailKnown &&
      model !== undefined &&
      x !== undefined && {
        next: `%throughput ${model} --data ${x} --batch ${sizes} --seconds ${LONGER_S}`,
      }),
  };
}

function rate({ samplesPerS }: ThroughputRow): string {
  return `${significant(samplesPerS ?? 0)} samples/s`;
}

function latency({ latencyS }: ThroughputRow): string {
  return `half of the batches within ${si(latencyS?.p50 ?? NaN, 's')}`;
}

function against(best: ThroughputRow, first: ThroughputRow): string {
  if (best === first) return '';
  const times = (best.samplesPerS ?? 0) / (first.samplesPerS ?? NaN);
  return `; ${significant(times)} times those of batch ${first.batchSize}`;
}

/** Whether the target was met, when, and at what price. */
export function targetVerdict(result: TrainingToTargetResult): Verdict {
  const { target, runs, maxEpochs, execution, mean, format } = result;
  const met = runs.filter(({ epoch }) => epoch !== null);
  if (met.length < runs.length) {
    const tried = `${counted(runs.length, 'training')} of at most ${counted(maxEpochs, 'epoch')}`;
    const isTimed = execution === 'native';
    return {
      sentence:
        met.length === 0
          ? `${target} was not met in ${tried}${isTimed ? '; time and energy are those of all epochs' : ''}.`
          : `${target} was met in ${met.length} of ${tried}; ${isTimed ? 'time and energy of the others are those of all their epochs, and ' : ''}there is no mean: it would leave out the longest.`,
      tone: met.length === 0 ? 'problem' : 'caution',
    };
  }
  const epochs = met.map(({ epoch }) => epoch ?? 0);
  const [least, most] = [Math.min(...epochs), Math.max(...epochs)];
  const when = least === most ? `epoch ${least}` : `epochs ${least} to ${most}`;
  const [only] = runs;
  const price =
    mean !== null && runs.length > 1
      ? `, on average after ${printQuantity(mean.durationS, 's')} and ${printQuantity(mean.energyJ, 'J')}`
      : only?.durationS != null && only.energyJ !== null
        ? `, after ${duration(only.durationS)} and ${printQuantity(only.energyJ, 'J')}`
        : `; ${format} is simulated here, so neither time nor energy says anything of it`;
  return {
    sentence: `${target} was met in ${when}${price}.`,
    tone: execution === 'simulated' ? 'caution' : 'good',
  };
}

import { percent, significant } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import type { RooflinePoint, RooflineResult } from './result';

/** The share of its roof below which neither computing nor memory can be what limits a layer. */
export const SHORT = 0.02;

/** The share of the threads from which on what others do is felt. */
const BUSY = 0.5;

/** By so much the peak of another format has to be higher for it to be worth a try. */
const FASTER = 1.2;

/** More samples in a batch, of which each weight is read once. */
const LARGER_BATCH = 8;

function wasBusy({ loadBefore, threads }: RooflineResult): boolean {
  return loadBefore > BUSY * threads;
}

/** What limits most layers, in the first format that has a roof. `model` is the variable that holds the model. */
export function rooflineVerdict(result: RooflineResult, model: string | undefined): Verdict {
  const { points, roofs, batchSize, loadBefore, threads } = result;
  const format = points[0]?.format;
  const own = points.filter((point) => point.format === format);
  if (format === undefined) {
    const simulated = roofs.filter(({ execution }) => execution === 'simulated');
    return {
      sentence:
        simulated.length === roofs.length
          ? `No roof: ${simulated.map((roof) => roof.format).join(', ')} ${simulated.length === 1 ? 'is' : 'are'} only simulated here.`
          : `No layer of ${result.model} multiplies: memory is what limits all of them.`,
      tone: 'caution',
    };
  }
  if (wasBusy(result)) {
    return {
      sentence: `The machine was busy before: ${significant(loadBefore, 2)} threads at work on average, of ${threads}; what was measured is too low, roofs and layers alike.`,
      tone: 'problem',
      ...(model !== undefined && { next: again(model, batchSize) }),
    };
  }
  const byMemory = own.filter(({ bound }) => bound === 'memory').length;
  const isByMemory = 2 * byMemory >= own.length;
  const [bound, count] = isByMemory ? ['memory', byMemory] : ['computing', own.length - byMemory];
  const farthest = own.filter(isMeasured).sort((a, b) => share(a) - share(b))[0];
  const least =
    farthest === undefined
      ? ''
      : `; ${farthest.name} is farthest below its roof, at ${percent(share(farthest))}`;
  const next = model === undefined ? undefined : proposal(result, model, isByMemory);
  return {
    sentence: `Bound by ${bound}: ${count} of ${counted(own.length, 'layer')} in ${format} at batch ${batchSize}${least}.`,
    tone: farthest !== undefined && share(farthest) < SHORT ? 'caution' : 'good',
    ...(next !== undefined && { next }),
  };
}

/** Larger batches where memory limits, and a format with a higher peak where computing does. */
function proposal(
  { roofs, batchSize, points }: RooflineResult,
  model: string,
  isByMemory: boolean,
): string | undefined {
  if (isByMemory) return again(model, LARGER_BATCH * batchSize);
  const peak = (name: string | undefined): number =>
    roofs.find(({ format }) => format === name)?.peakFlopPerS ?? 0;
  const now = peak(points[0]?.format);
  if (peak('bf16') > FASTER * now) return '%precision bf16';
  return peak('int8') > FASTER * now ? `%quantize int8 ${model} --as small` : undefined;
}

function again(model: string, batchSize: number): string {
  return `%roofline ${model} --batch ${batchSize}`;
}

type Measured = RooflinePoint & { readonly measuredFlopPerS: number };

function isMeasured(point: RooflinePoint): point is Measured {
  return point.measuredFlopPerS !== null;
}

/** Of its roof. */
function share({ measuredFlopPerS, attainableFlopPerS }: Measured): number {
  return measuredFlopPerS / attainableFlopPerS;
}

/** The farthest below the roof first; what was not measured comes last. */
export function farthestFirst(points: readonly RooflinePoint[]): number[] {
  const shares = points.map((point) => (isMeasured(point) ? share(point) : Infinity));
  return points.map((_, i) => i).sort((a, b) => difference(shares[a], shares[b]));
}

function difference(a = Infinity, b = Infinity): number {
  return a === b ? 0 : a - b;
}

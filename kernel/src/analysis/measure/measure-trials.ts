import { HalfnoteError, shown } from '../../errors';
import { measureVariants } from '../../energy/trials/measure';
import { trialSettings, type TrialsOptions } from '../../energy/trials/settings';
import { Measurement } from './measurement';
import { ProgressLine } from './progress-line';
import { sessionMachine } from './session-machine';
import { variantOf, type Work } from './work';

/**
 * Measures energy and time of work, or of several works beside each other: an idle baseline, warm-up, rests,
 * trials in an order left to chance, until the interval is as narrow as asked for (5 %) or the budget ends
 * (2 min). It ends as VALID, or as INVALID with its reasons.
 *
 * @param work A function, which is run many times, or several by name; the first is what others are
 * compared with.
 * @throws HalfnoteError `invalid-option` for a wrong option, `invalid-argument` for work that is no function.
 */
export async function measureTrials(
  work: Work | Readonly<Record<string, Work>>,
  options: TrialsOptions = {},
): Promise<Measurement> {
  const line = new ProgressLine(trialSettings(options));
  const machine = sessionMachine((progress) => {
    line.show(progress);
  });
  const result = await measureVariants(variantsOf(work), options, machine);
  line.end();
  return new Measurement(result);
}

function variantsOf(work: unknown): ReturnType<typeof variantOf>[] {
  if (typeof work === 'function') return [variantOf('work', work as Work)];
  if (typeof work !== 'object' || work === null || Array.isArray(work))
    throw noWork('The work', work);
  return Object.entries(work).map(([name, item]: [string, unknown]) => {
    if (typeof item !== 'function') throw noWork(`The work "${name}"`, item);
    return variantOf(name, item as Work);
  });
}

function noWork(what: string, value: unknown): HalfnoteError {
  return new HalfnoteError(
    'invalid-argument',
    `${what} is ${shown(value)}; it must be a function without arguments.`,
    'Write () => ... around it, or give several such functions by name.',
  );
}

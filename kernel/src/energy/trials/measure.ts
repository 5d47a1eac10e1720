import { HalfnoteError } from '../../errors';
import { judge } from './judge';
import type { TrialMachine, Variant } from './machine';
import { type TrialsResult, trialsResult } from './result';
import { runTrials } from './run';
import { trialSettings, type TrialsOptions } from './settings';

/**
 * Measures variants beside each other: idle power, warm-up, trials at random until the interval is as
 * narrow as asked for or the budget ends, and a verdict whether the figures hold.
 *
 * @throws HalfnoteError `invalid-option` for a wrong option; `invalid-argument` without a variant. What the
 * work throws comes out as it is.
 */
export async function measureVariants(
  variants: readonly Variant[],
  options: TrialsOptions,
  machine: TrialMachine,
): Promise<TrialsResult> {
  const settings = trialSettings(options);
  if (variants.length === 0) {
    throw new HalfnoteError(
      'invalid-argument',
      'There is nothing to measure: give a function, or several by name.',
    );
  }
  const watched = machine.watch();
  const run = await runTrials(variants, settings, machine);
  const names = variants.map(({ name }) => name);
  const verdict = judge(names, run, settings, machine.threads, watched());
  return trialsResult(names, run, settings, verdict);
}

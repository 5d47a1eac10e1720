import type { Tensor } from '@tensorflow/tfjs';
import { trialSettings } from '../../energy/trials/settings';
import { HalfnoteError } from '../../errors';
import { ProgressLine } from '../measure/progress-line';
import { sessionMachine } from '../measure/session-machine';
import { measureByRounds } from './by-rounds';
import { measureByTrials } from './by-trials';
import type { Candidate } from './candidates/candidate';
import { type EnergyMeter, sessionMeter } from './energy';
import type { BaselineOf, Measured } from './measured';
import { type CompareOptions, positive } from './options';

export type Measure = (
  candidates: readonly Candidate[],
  batch: Tensor | Tensor[],
  baselineOf: BaselineOf,
) => Promise<Measured>;

/** By trials where they are asked for, else in rounds. Wrong options are told before anything runs. */
export function howToMeasure(options: CompareOptions): Measure {
  const { trials, precision, budgetS, repeats, measureEnergy } = options;
  if (trials === undefined) {
    if (precision !== undefined || budgetS !== undefined) {
      throw new HalfnoteError(
        'invalid-option',
        `${precision === undefined ? 'budgetS' : 'precision'} is an option of trials, and there are none; give trials: 'auto' too.`,
      );
    }
    const checked = repeats === undefined ? undefined : positive(repeats, 'repeats');
    const meter = meterOf(measureEnergy);
    return (candidates, batch, baseline) =>
      measureByRounds(candidates, batch, { repeats: checked, meter, baselineOf: baseline });
  }
  if (repeats !== undefined || measureEnergy !== undefined) {
    throw new HalfnoteError(
      'invalid-option',
      `${repeats === undefined ? 'measureEnergy' : 'repeats'} doesn't go with trials: they have repeats and meters of their own.`,
    );
  }
  const given = {
    trials,
    ...(precision === undefined ? {} : { precision }),
    ...(budgetS === undefined ? {} : { budgetS }),
  };
  const line = new ProgressLine(trialSettings(given));
  const machine = sessionMachine((progress) => {
    line.show(progress);
  });
  return async (candidates, batch, baseline) => {
    const measured = await measureByTrials(candidates, batch, given, {
      baselineOf: baseline,
      machine,
    });
    line.end();
    return measured;
  };
}

function meterOf(choice: CompareOptions['measureEnergy']): EnergyMeter | undefined {
  if (typeof choice === 'function') return choice;
  return choice === false ? undefined : sessionMeter;
}

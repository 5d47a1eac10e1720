import { HalfnoteError } from '../../errors';
import { significant } from '../../display/units';
import { multiply } from '../../quantities/arithmetic';
import { fromBand } from '../../quantities/make';
import { cited } from '../../quantities/publication';
import type { Quantity } from '../../quantities/quantity';
import { acceleratorNamed } from './accelerators';
import { positiveQuantity } from './checks';
import type { ResourceOptions } from './options';
import type { Work } from './work';

/**
 * Mean power of trainings, with memory, network, fans and their share of the host, over the TDP of the chip:
 * Switch Transformer on TPU v3 245 of 450 W, GPT-3 on V100 330 of 300 W.
 */
const BAND = {
  low: 0.54,
  high: 1.1,
  source: 'Patterson et al. 2021, table 4 (arXiv:2104.10350)',
} as const;

export interface UnitEnergy {
  /** Joules of one device for a unit of work; null where nothing says. */
  readonly unitJ: Quantity | null;
  readonly assumptions: readonly string[];
}

/** @throws HalfnoteError `invalid-argument` for power and joules at once, or a figure out of bounds. */
export function unitEnergy(work: Work, { stepJ, powerW, device }: ResourceOptions): UnitEnergy {
  if (stepJ !== undefined && powerW !== undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      'Both stepJ and powerW are given, and each says what a step takes.',
      'Leave one of them out.',
    );
  }
  if (stepJ !== undefined) return measured(work, stepJ);
  if (powerW !== undefined) {
    const power = positiveQuantity(powerW, 'powerW', 1e5, 'estimated');
    return {
      unitJ: multiply(work.unitS, power),
      assumptions: [`A device draws ${significant(power.value)} W on the mean, as given.`],
    };
  }
  if (device !== undefined) {
    const { name, tdpW, source } = acceleratorNamed(device);
    const power = fromBand(tdpW, BAND, { method: 'modelled' });
    return {
      unitJ: multiply(work.unitS, power),
      assumptions: [
        `The ${name} draws its ${tdpW} W of TDP (${cited(source)}), with its share of the host from ${BAND.low} to ${BAND.high} of that: ${BAND.source}.`,
      ],
    };
  }
  return {
    unitJ: null,
    assumptions: [
      'What a device draws is not given, so there is no energy: give powerW, stepJ or device.',
    ],
  };
}

function measured(work: Work, stepJ: number | Quantity): UnitEnergy {
  if (work.unit !== 'step') {
    throw new HalfnoteError(
      'invalid-argument',
      'stepJ belongs to a step that was measured, and the work is given by FLOPs.',
      'Give stepS too, or powerW instead.',
    );
  }
  const joules = positiveQuantity(stepJ, 'stepJ', 1e12, 'estimated');
  return {
    unitJ: joules,
    assumptions: [`A step takes ${significant(joules.value)} J of one device, as given.`],
  };
}

import { duration } from '../../display/units';
import { withCarbonDefaults } from '../ask';
import { carbonFactor } from '../carbon/factor';
import { energyWindows } from '../measure';
import type { HourProfile } from './hours/profile';
import { readHours } from './hours/read';
import {
  boundaryOf,
  devicesOf,
  efficiencyOf,
  priceOf,
  requireUsed,
  type WhatIfOptions,
} from './options';
import { precisionsOf } from './precision';
import type { Scenario } from './result';
import { runOf, type Measured, type Run } from './run';
import {
  baseScenario,
  devicesScenario,
  hourScenarios,
  precisionScenario,
  regionScenario,
  type Base,
} from './scenarios';
import { WhatIf } from './view';

/**
 * The same run elsewhere, at another hour, in another precision, on more devices: its energy, CO2e and cost
 * if that one thing had been different, each with its interval and what is taken for granted.
 * Grid and PUE are those of the options alone; see {@link whatIfMeasured} for those of the session.
 * @param measured what `measureEnergy` gives, a window of the monitor, or joules as a quantity.
 * @throws HalfnoteError for wrong joules, regions, hours, ratios, counts or prices; each names what is allowed.
 */
export function whatIf(measured: Measured, options: WhatIfOptions = {}): WhatIf {
  const boundary = boundaryOf(options);
  const run = runOf(measured, boundary);
  const { region, gridIntensity, pue } = options;
  const factor = carbonFactor({ region, gridIntensity, pue });
  const base: Base = { run, factor, price: priceOf(options) };
  efficiencyOf(options);
  requireUsed(options);
  const { factors, remarks } =
    options.precision === undefined
      ? { factors: [], remarks: [] }
      : precisionsOf(options.precision, options.format);
  const hours = options.hours === undefined ? undefined : readHours(options.hours);
  const hourly = hours === undefined ? [] : hourScenarios(base, hours, listOf(options.at));
  const scenarios: readonly Scenario[] = [
    baseScenario(base),
    ...listOf(options.regions).map((each) => regionScenario(base, each)),
    ...hourly,
    ...factors.map((each) => precisionScenario(base, each)),
    ...devicesOf(options).map((count) => devicesScenario(base, count, options)),
  ];
  const assumptions = [
    boundary === 'machine'
      ? 'Joules of the whole machine while the run went on, with what it draws when idle.'
      : 'Joules that are attributed to the run, not those of the whole machine.',
    ...(run.bare ? ['The joules came as a bare number: how sure they are is not known.'] : []),
    ...(factor.assumed ? ['No region given for the run itself: the world average is taken.'] : []),
    factor.pue === 1
      ? 'PUE 1: the computers alone, without cooling and power supply of a building.'
      : `PUE ${factor.pue} everywhere, as given: grams and cost are of the building.`,
    ...(base.price === null
      ? []
      : [
          `${base.price.pricePerKWh} ${base.price.currency}/kWh everywhere, as given; electricity alone.`,
        ]),
    'Making the hardware is not counted: see embodiedShare.',
    ...(hours !== undefined && hourly.length === 0 ? [tooShort(hours, run)] : []),
    ...remarks,
  ];
  return new WhatIf({ run: run.name, boundary, pue: factor.pue, scenarios, assumptions });
}

/** Why no scenario has another hour. */
function tooShort(hours: HourProfile, { durationS }: Run): string {
  const [first, last] = hours.span;
  return `No other hour: ${hours.name} goes from ${first} to ${last}, and covers the ${duration(durationS?.value ?? 0)} of the run from none of its times on.`;
}

function listOf<T extends string | number>(given: T | readonly T[] = []): readonly T[] {
  return typeof given === 'object' ? given : [given];
}

/** {@link whatIf} with the grid and the PUE of `setCarbon(true)` where the options say nothing else. */
export async function whatIfMeasured(
  measured: Measured,
  options: WhatIfOptions = {},
): Promise<WhatIf> {
  return whatIf(measured, await withCarbonDefaults(options));
}

/**
 * {@link whatIfMeasured} of the session so far: in a script, since the first call of an energy function.
 */
export async function whatIfSession(options: WhatIfOptions = {}): Promise<WhatIf> {
  const [session] = await energyWindows();
  // There always is one: the first of all windows is the session's.
  if (session === undefined) throw new Error('The session has no energy window.');
  return whatIfMeasured({ ...session, name: 'the session so far' }, options);
}

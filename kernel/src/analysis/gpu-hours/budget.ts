import { withCarbonDefaults } from '../../energy/ask';
import { HalfnoteError } from '../../errors';
import { ratio, scale } from '../../quantities/arithmetic';
import { exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { requirePositive } from './checks';
import type { Budget, TrainingBudgetOptions } from './options';
import { unitEnergy } from './power';
import { resourcesOf, type Resources } from './resources';
import { spentOn, type Spent } from './spent';
import { TrainingBudget } from './view';
import { workOf } from './work';

const KINDS = ['budgetHours', 'budgetJ', 'budgetMoney', 'budgetCO2eG'] as const;

/**
 * How much training a budget of device-hours, joules, money or CO2e allows: steps, samples and epochs, with
 * what the whole then takes.
 * @throws HalfnoteError as `gpuHours`, and `invalid-argument` for no budget, several, or one that nothing says
 * the price of.
 */
export async function trainingBudget(options: TrainingBudgetOptions): Promise<TrainingBudget> {
  const work = await workOf(options, 'trainingBudget');
  if (work.unit === 'training') {
    throw new HalfnoteError(
      'invalid-argument',
      'A budget is divided among steps or samples, and flops are those of a whole training.',
      'Give flopsPerSample, model or stepS.',
    );
  }
  const resources = resourcesOf(await withCarbonDefaults(options));
  const { unitJ, assumptions } = unitEnergy(work, options);
  const one = spentOn(work, unitJ, 1, resources);
  const { kind, value } = budgetOf(options);
  const price = priceOf(kind, one);
  const units = ratio(exact(value, { method: 'estimated' }), price);
  const { batchSize, samples } = options;
  const perStep = work.unit === 'sample' ? 1 : (batchSize ?? null);
  const sampleCount = perStep === null ? null : scale(units, perStep);
  return new TrainingBudget({
    budget: { kind, value, unit: unitOf(kind, resources) },
    unit: work.unit,
    units,
    sureUnits: Math.max(0, Math.floor(units.low * (1 + 1e-12))),
    samples: sampleCount,
    epochs: work.perEpoch === null ? null : scale(units, 1 / work.perEpoch),
    epochSamples: samples ?? null,
    devices: resources.devices,
    ...spentOn(work, unitJ, Math.floor(units.value), resources),
    assumptions: [
      ...work.assumptions,
      ...assumptions,
      ...(unitJ === null ? [] : resources.carbonAssumptions),
      ...resources.assumptions,
    ],
  });
}

type Kind = (typeof KINDS)[number];

function budgetOf(options: Budget): { readonly kind: Kind; readonly value: number } {
  const given = KINDS.filter((kind) => options[kind] !== undefined);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    throw new HalfnoteError(
      'invalid-argument',
      kind === undefined
        ? 'No budget is given.'
        : `There are ${given.length} budgets: ${given.join(', ')}.`,
      `Give one of ${KINDS.join(', ')}.`,
    );
  }
  const value = options[kind] ?? NaN;
  requirePositive(value, kind, 1e30, 'It is what there is to spend.');
  return { kind, value };
}

/** What a unit takes of the budget. */
function priceOf(kind: Kind, one: Spent): Quantity {
  const price = {
    budgetHours: scale(one.deviceS, 1 / 3600),
    budgetJ: one.energyJ,
    budgetMoney: (one.rent ?? one.electricity)?.amount ?? null,
    budgetCO2eG: one.co2eG,
  }[kind];
  if (price !== null && price.value > 0) return price;
  throw new HalfnoteError(
    'invalid-argument',
    price === null
      ? `Nothing says what the training takes of ${kind}.`
      : `The training takes nothing of ${kind}, so it would never end.`,
    kind === 'budgetMoney'
      ? 'Give pricePerDeviceHour and a currency; or pricePerKWh with powerW, stepJ or device.'
      : 'Give powerW, stepJ or device, and a grid that emits something.',
  );
}

function unitOf(kind: Kind, { prices }: Resources): string {
  return {
    budgetHours: 'device-hours',
    budgetJ: 'J',
    budgetMoney: prices?.currency ?? '',
    budgetCO2eG: 'g CO2e',
  }[kind];
}

import { ACCELERATOR_NAMES } from '../../analysis/gpu-hours/accelerators';
import { parseBudget, TRAINING_BUDGET_UNITS } from '../../analysis/gpu-hours/parse-budget';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, expression, number, text } from '../language/parameters';
import { MagicProblem } from '../language/problem';
import { TAKES } from './takes';
import { regionOption } from './words';

const count = (doc: string) => number(doc, { min: 1, integer: true });
const UNITS = TRAINING_BUDGET_UNITS.join(', ');
const positive = (doc: string, unit?: string) =>
  number(doc, { min: 0, ...(unit === undefined ? {} : { unit }) });

export const gpuhours = defineMagic({
  name: 'gpuhours',
  topic: 'energy',
  forms: ['line'],
  summary:
    'Estimate the device-hours, energy, CO2e and cost of a training, or what a budget allows.',
  details: [
    'From a step that was measured (`--step 0.12`), or from FLOPs: of a model, of a sample or of the whole training, over the peak of a device and how much of it is reached. What is not given is taken from data sheets and publications, with its range, and printed with its source.',
    'With `--budget` it says how many steps, samples and epochs fit: into `10h` of devices, `5kWh` or `2MJ`, `3kg` of CO2e, `100EUR`.',
  ],
  positionals: {
    model: expression('A model, whose products are counted, forward and in training.', TAKES.model),
  },
  options: {
    step: positive('A step on one device, as measured.', 's'),
    steps: count('Steps of the training.'),
    samples: count('Samples of an epoch.'),
    epochs: positive('Passes over the samples. Without it 1.'),
    batch: count('Samples of a step.'),
    flops: positive('FLOPs of the whole training.'),
    flopsPerSample: positive('FLOPs of training on a sample.'),
    peak: positive('What a device does at its peak.', 'FLOP/s'),
    utilization: positive('How much of the peak is reached, up to 1.'),
    device: choice('An accelerator, for its peak and its power.', ACCELERATOR_NAMES),
    format: text(
      'Of the products, for the peak. Without it bf16, else fp16.',
      'format',
      () => undefined,
    ),
    devices: count('Devices that share the work. Without it 1.'),
    efficiency: positive('How much of their work is useful, up to 1. Without it all.'),
    power: positive('Mean power of a device.', 'W'),
    stepEnergy: positive('Energy of a step, as measured.', 'J'),
    region: regionOption(
      'Where it runs. Without it what `%carbon on` was given, else the world average, and said so.',
    ),
    gridIntensity: positive('Instead of a region: carbon intensity.', 'gCO2e/kWh'),
    pue: number('Power usage effectiveness of the data center.', { min: 1 }),
    price: positive('What a kWh costs.'),
    rent: positive('What a device costs an hour.'),
    currency: text('Of the prices.', 'ISO 4217 code', () => undefined, [
      'EUR',
      'USD',
      'GBP',
      'CHF',
    ]),
    budget: text(
      'What there is to spend: 10h of devices, 5kWh, 3kg of CO2e, 100EUR.',
      `number with a unit: ${UNITS} or a currency`,
      (value) =>
        parseBudget(value) === undefined
          ? `Allowed: a number with ${UNITS} or a currency such as EUR`
          : undefined,
    ),
  },
  exclusive: [
    ['--region', '--grid-intensity'],
    ['--power', '--step-energy'],
  ],
  examples: [
    {
      code: '%gpuhours --step 0.12 --samples 60000 --batch 128 --epochs 10 --power 65 --region FRA',
      does: 'From a step that was measured.',
    },
    {
      code: '%gpuhours model --samples 60000 --epochs 10 --peak 312e12 --utilization 0.4',
      does: 'From the FLOPs of `model`.',
    },
    {
      code: '%gpuhours --flops 3.14e23 --device h100 --devices 1024 --rent 2.5 --currency USD',
      does: 'A training of that many FLOPs on rented accelerators.',
    },
    {
      code: '%gpuhours --step 0.12 --samples 60000 --batch 128 --power 65 --budget 1kWh',
      does: 'How many epochs a kilowatt hour allows.',
    },
  ],
  expand: ({ model, step, batch, peak, power, stepEnergy, price, rent, budget, ...given }) => {
    const { steps, epochs, flops, currency, ...shared } = given;
    const options = {
      model,
      stepS: step,
      batchSize: batch,
      peakFlops: peak,
      powerW: power,
      stepJ: stepEnergy,
      pricePerKWh: price,
      pricePerDeviceHour: rent,
      ...shared,
    };
    if ([model, step, flops, given.flopsPerSample].every((work) => work === undefined)) {
      throw new MagicProblem(
        'the work is not given',
        'give --step with the seconds of one, a model, --flops-per-sample or --flops',
      );
    }
    if (budget === undefined) {
      const code = awaited('gpuHours', { ...options, steps, epochs, flops, currency });
      return { kind: 'expression', code, shows: true };
    }
    const whole = Object.entries({ steps, epochs, flops }).find(([, value]) => value !== undefined);
    if (whole !== undefined) {
      throw new MagicProblem(
        `--${whole[0]} has no meaning with --budget`,
        'a budget says how much fits; leave it out',
      );
    }
    const code = awaited('trainingBudget', { ...options, ...spendable(budget, currency) });
    return { kind: 'expression', code, shows: true };
  },
});

/** The budget, in the currency of the prices. */
function spendable(budget: string, currency: string | undefined) {
  const parsed = parseBudget(budget);
  const own = parsed?.currency;
  if (own !== undefined && currency !== undefined && own !== currency.toUpperCase()) {
    throw new MagicProblem(
      `the budget is in ${own}, and the prices are in ${currency}`,
      'nothing is converted: write both in one currency',
    );
  }
  return { currency, ...parsed };
}

import { complainOfRegion } from '../../energy/carbon/regions';
import { BOUNDARIES } from '../../energy/what-if/run';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, expression, number, path, text } from '../language/parameters';
import { TAKES } from './takes';
import { COUNTS, REGIONS, regionOption, splitWords } from './words';

export const whatif = defineMagic({
  name: 'whatif',
  topic: 'energy',
  forms: ['line'],
  summary:
    'Show what a run would have emitted elsewhere, at another hour, in another precision, on more devices.',
  details: [
    'Of a run that was measured, or of the session so far: energy, CO2e and cost with one thing changed at a time, each with its interval. Everything that is taken for granted is printed, with the source of each grid.',
    'Hours come from a CSV or JSON file: a column of times (UTC where they name no zone, or hours of the day) and one of gCO2e/kWh, as grid operators and Electricity Maps export them. Nothing is looked up on the network.',
  ],
  positionals: {
    run: expression('What was measured. Without it the session so far.', TAKES.run),
  },
  options: {
    region: text(
      'Other places, with commas between.',
      'list of countries, groups, US states, grid zones or cloud regions',
      (value) =>
        splitWords(value)
          .map(complainOfRegion)
          .find((complaint) => complaint !== undefined),
      REGIONS,
    ),
    from: regionOption(
      'Where it ran. Without it what `%carbon on` was given, else the world average, and said so.',
    ),
    gridIntensity: number('Where it ran, instead of a region: carbon intensity.', {
      min: 0,
      unit: 'gCO2e/kWh',
    }),
    pue: number('Power usage effectiveness of the data center.', { min: 1 }),
    hours: path('A CSV or JSON file of carbon intensities by hour.'),
    at: text(
      'Starts to look at beside the cleanest and the dirtiest, with commas between.',
      'list of times such as 2026-03-01T03:00Z, or of hours of the day',
      () => undefined,
    ),
    precision: expression('How other precisions compare, as measured.', TAKES.ratios),
    format: text(
      'The format that the run was in. Without it the baseline of the comparison.',
      'format of the comparison',
      () => undefined,
    ),
    devices: text(
      'The same work divided among so many devices, with commas between.',
      'list of whole numbers from 1',
      (value) =>
        COUNTS.test(value) ? undefined : 'Allowed: whole numbers from 1, with commas between',
    ),
    efficiency: number('How much of the devices’ work is useful, up to 1. Without it all.', {
      min: 0,
    }),
    price: number('What a kWh costs.', { min: 0 }),
    currency: text('Of the price.', 'ISO 4217 code', () => undefined, ['EUR', 'USD', 'GBP', 'CHF']),
    boundary: choice('Whose joules: of the work alone, or of the whole machine.', BOUNDARIES),
  },
  exclusive: [['--from', '--grid-intensity']],
  examples: [
    {
      code: '%whatif --region FRA,DEU,US-CA --devices 8',
      does: 'The session so far on three grids, and divided among 8 devices.',
    },
    {
      code: '%whatif run --from FRA --hours hours.csv --price 0.25 --currency EUR',
      does: 'What `measureEnergy` gave as `run`, at the cleanest and dirtiest hour of a file.',
    },
    {
      code: '%whatif run --precision comparison --format fp32',
      does: 'In the other formats of what `compare` gave as `comparison`.',
    },
  ],
  expand: ({ run, region, from, gridIntensity, pue, hours, at, precision, format, ...given }) => {
    const { devices, efficiency, price, currency, boundary } = given;
    const options = {
      region: from,
      gridIntensity,
      pue,
      regions: region === undefined ? undefined : splitWords(region),
      hours,
      at: at === undefined ? undefined : splitWords(at),
      precision,
      format,
      devices: devices === undefined ? undefined : splitWords(devices).map(Number),
      efficiency,
      pricePerKWh: price,
      currency,
      boundary,
    };
    const code =
      run === undefined
        ? awaited('whatIfSession', options)
        : awaited('whatIfMeasured', run, options);
    return { kind: 'expression', code, shows: true };
  },
});

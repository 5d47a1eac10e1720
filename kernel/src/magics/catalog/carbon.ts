import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, number, text } from '../language/parameters';
import { MagicProblem } from '../language/problem';

/** To complete; the library knows them all, and its data is loaded with the first report only. */
const REGIONS =
  'WORLD EU AUS AUT BEL BRA CAN CHE CHN DEU DNK ESP FIN FRA GBR IND IRL ISL ITA JPN KOR MEX NLD NOR POL PRT SGP SWE USA ZAF'.split(
    ' ',
  );

export const carbon = defineMagic({
  name: 'carbon',
  topic: 'energy',
  forms: ['line', 'cell'],
  summary: 'Report energy and CO2e of the session or of one cell.',
  details: [
    '`%carbon on` reports after each cell, `%carbon` reports on the session so far, `%%carbon` on its own cell. Each figure says whether it was measured or modelled, and how.',
    'Without a region the world average is taken, and named. Nothing is looked up on the network.',
    'What `%carbon on` is given holds for all later reports that say nothing else, until `%carbon off`: that restores the world average and a PUE of 1, and takes no options.',
  ],
  positionals: {
    action: choice('Report after each cell, stop that, or report now.', ['on', 'off', 'report']),
  },
  options: {
    region: text(
      'The country whose grid is meant, or a group of countries.',
      'country code of two or three letters, WORLD or EU',
      (value) =>
        /^[A-Za-z_]+$/.test(value) ? undefined : 'Allowed: a code such as FRA, USA or WORLD',
      REGIONS,
    ),
    pue: number('Power usage effectiveness of the data center.', { min: 1 }),
    gridIntensity: number('Carbon intensity, instead of that of the region.', {
      min: 0,
      unit: 'gCO2e/kWh',
    }),
  },
  exclusive: [['--region', '--grid-intensity']],
  examples: [
    { code: '%carbon', does: 'Energy and CO2e of the session so far.' },
    { code: '%carbon on --region FRA', does: 'Reports after each cell, with the grid of France.' },
    { code: '%carbon off', does: 'Stops that, and takes the world average again.' },
    { code: '%%carbon --pue 1.2', does: 'Energy and CO2e of this cell, also if it fails.' },
  ],
  expand: ({ action, region, pue, gridIntensity }, form) => {
    const options = { region, pue, gridIntensity };
    if (form === 'cell') {
      if (action !== undefined) {
        throw new MagicProblem(`%%carbon takes no "${action}"`, `write %carbon ${action}`);
      }
      return { kind: 'expression', code: awaited('carbonCell', options), shows: false };
    }
    const given = [
      ...(region === undefined ? [] : ['--region']),
      ...(pue === undefined ? [] : ['--pue']),
      ...(gridIntensity === undefined ? [] : ['--grid-intensity']),
    ];
    if (action === 'off' && given.length > 0) {
      throw new MagicProblem(
        `${given.join(' and ')} ${given.length === 1 ? 'has' : 'have'} no meaning with off`,
        'write `%carbon off`, which also restores the world average, or `%carbon on` with options',
      );
    }
    if (action === 'on' || action === 'off') {
      return {
        kind: 'expression',
        code: awaited('setCarbon', action === 'on', options),
        shows: false,
      };
    }
    return { kind: 'expression', code: awaited('carbonReport', options), shows: true };
  },
});

import { budgetComplaint, BUDGET_UNITS } from '../../energy/budget/amount';
import { awaited } from '../language/code';
import { defineMagic } from '../language/declare';
import { choice, flag, number, text } from '../language/parameters';
import { MagicProblem } from '../language/problem';

/** To complete; the library knows them all, and its data is loaded with the first report only. */
const REGIONS =
  'WORLD EU US-CA us-east-1 europe-west1 eastus AUS AUT BEL BRA CAN CHE CHN DEU DNK ESP FIN FRA GBR IND IRL ISL ITA JPN KOR MEX NLD NOR POL PRT SGP SWE USA ZAF'.split(
    ' ',
  );

export const carbon = defineMagic({
  name: 'carbon',
  topic: 'energy',
  forms: ['line', 'cell'],
  summary: 'Report energy and CO2e of the session or of one cell, and keep to a budget.',
  details: [
    '`%carbon on` says one line after each cell, `%carbon` reports on the session so far, `%%carbon` on its own cell. Each figure has an interval, and says whether it was measured or modelled, and how.',
    "A report has two boundaries, the user's code and the whole machine, and three accounts that add up to it: the user's code, Halfnote itself, the rest of the machine.",
    'Without a region the world average is taken, and named. Nothing is looked up on the network.',
    'What `%carbon on` is given holds for all later reports that say nothing else, until `%carbon off`: that restores the world average and a PUE of 1, and takes no options.',
    'In JupyterLab a report tells what its joules would have been on the grid of another country, at an intensity that one types, in a building of another PUE: a what-if beside the report, which stays as it is. Intensities that come with Halfnote are yearly means; for hours see `%whatif --hours`.',
  ],
  positionals: {
    action: choice(
      'A line after each cell, no more of that, a report now, the session begun anew, a budget for it, or where its journal is and whether that is whole.',
      ['on', 'off', 'report', 'reset', 'budget', 'journal'],
    ),
    amount: text(
      'Of a budget: what may be spent since the session began, or `off`. It warns at 80 % and when all is spent.',
      'amount such as 5 kJ',
      () => undefined,
      ['off'],
    ),
    unit: choice('Of the amount, where it stands apart.', BUDGET_UNITS),
  },
  options: {
    stop: flag('A running `fit` ends when the budget is spent. Its weights are kept.'),
    region: text(
      'Whose grid is meant: a country, a group, a state, a zone of Electricity Maps, or a cloud region.',
      'code such as FRA, EU, US-CA or us-east-1',
      (value) =>
        /^[A-Za-z][\w-]*$/.test(value)
          ? undefined
          : 'Allowed: a code such as FRA, FR, WORLD, EU, US-CA or us-east-1',
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
    {
      code: '%carbon budget 5 kJ --stop',
      does: 'Warns when 4 and 5 kJ are spent, and then ends `model.fit`, with the weights so far.',
    },
    { code: '%carbon reset', does: 'The session, and what is spent of a budget, begin anew.' },
    {
      code: '%carbon journal',
      does: 'Where the energy journal is, how many windows it holds, and whether its chain is whole.',
    },
    { code: '%%carbon --pue 1.2', does: 'Energy and CO2e of this cell, also if it fails.' },
  ],
  expand: ({ action, amount, unit, stop, region, pue, gridIntensity }, form) => {
    const options = { region, pue, gridIntensity };
    const grid = [
      ...(region === undefined ? [] : ['--region']),
      ...(pue === undefined ? [] : ['--pue']),
      ...(gridIntensity === undefined ? [] : ['--grid-intensity']),
    ];
    if (form === 'cell') {
      if (action !== undefined) {
        throw new MagicProblem(`%%carbon takes no "${action}"`, `write %carbon ${action}`);
      }
      refuseGiven(stop ? ['--stop'] : [], '%%carbon', 'write `%carbon budget 5 kJ --stop`');
      return { kind: 'expression', code: awaited('carbonCell', options), shows: false };
    }
    const words = [amount, unit].flatMap((word) => word ?? []).join(' ');
    if (action === 'budget') {
      refuseGiven(grid, action, 'the grid of `%carbon on` counts');
      return { kind: 'expression', code: budget(words, stop), shows: true };
    }
    const others = [...(words === '' ? [] : [`"${words}"`]), ...(stop ? ['--stop'] : [])];
    refuseGiven(others, action ?? 'report', 'write `%carbon budget 5 kJ --stop`');
    if (action === 'off' || action === 'reset') {
      const hint =
        action === 'off'
          ? 'write `%carbon off`, which also restores the world average, or `%carbon on` with options'
          : 'write `%carbon reset`';
      refuseGiven(grid, action, hint);
    }
    if (action === 'journal') {
      refuseGiven(grid, action, 'write `%carbon journal`');
      return { kind: 'expression', code: awaited('energyJournal'), shows: true };
    }
    if (action === 'reset') {
      return { kind: 'expression', code: awaited('resetEnergy'), shows: false };
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

function budget(words: string, stop: boolean): ReturnType<typeof awaited> {
  if (words === '') {
    throw new MagicProblem('%carbon budget takes an amount', 'write `%carbon budget 5 kJ`');
  }
  if (words === 'off') {
    refuseGiven(stop ? ['--stop'] : [], 'budget off', 'write `%carbon budget off`');
    return awaited('setEnergyBudget', 'off');
  }
  const complaint = budgetComplaint(words);
  if (complaint !== undefined) throw new MagicProblem(`"${words}" is no budget`, complaint);
  return stop ? awaited('setEnergyBudget', words, { stop }) : awaited('setEnergyBudget', words);
}

function refuseGiven(given: readonly string[], action: string, hint: string): void {
  if (given.length === 0) return;
  const have = given.length === 1 ? 'has' : 'have';
  throw new MagicProblem(`${given.join(' and ')} ${have} no meaning with ${action}`, hint);
}

import { text } from '../language/parameters';

const SECONDS = { ms: 1e-3, s: 1, min: 60, h: 3600 } as const;
const TIME = /^(\d+(?:\.\d+)?)(ms|s|min|h)?$/;
const COUNT = /^[1-9]\d{0,5}$/;
const SHARE = /^(\d+(?:\.\d+)?)(%?)$/;

/** The options of everything that is measured by trials. */
export const trialOptions = {
  trials: text(
    'How many trials of each, or until the precision is reached.',
    'auto|integer >= 1',
    (value) =>
      value === 'auto' || COUNT.test(value) ? undefined : 'Allowed: auto or an integer >= 1',
    ['auto'],
  ),
  precision: text(
    "Half the interval's width that is enough, as a share of the value. Without it 5%.",
    'percentage',
    (value) => {
      const share = shareOf(value);
      return share > 0 && share < 1 ? undefined : 'Allowed: above 0% and below 100%, as 5%';
    },
    ['1%', '2%', '5%', '10%'],
  ),
  budget: text(
    'The time for everything. Without it 2min.',
    'time, as 30s, 2min or 1h',
    (value) => (secondsOf(value) > 0 ? undefined : 'Allowed: a time such as 30s, 2min or 1h'),
    ['30s', '1min', '2min', '5min'],
  ),
} as const;

interface Given {
  readonly trials: string | undefined;
  readonly precision: string | undefined;
  readonly budget: string | undefined;
}

/** As the library takes them; what isn't given is left to it. */
export function trialArguments({ trials, precision, budget }: Given): {
  readonly trials: number | 'auto' | undefined;
  readonly precision: number | undefined;
  readonly budgetS: number | undefined;
} {
  return {
    trials: trials === undefined || trials === 'auto' ? trials : Number(trials),
    precision: precision === undefined ? undefined : shareOf(precision),
    budgetS: budget === undefined ? undefined : secondsOf(budget),
  };
}

/** `5%` or `0.05`; NaN for anything else. */
function shareOf(value: string): number {
  const [, figure, percent] = SHARE.exec(value) ?? [];
  if (figure === undefined) return NaN;
  return percent === '%' ? Number(`${figure}e-2`) : Number(figure);
}

/** A number alone is seconds. */
function secondsOf(value: string): number {
  const [, figure, unit = 's'] = TIME.exec(value) ?? [];
  return figure === undefined ? NaN : Number(figure) * SECONDS[unit as keyof typeof SECONDS];
}

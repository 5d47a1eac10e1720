import { HalfnoteError, shown } from '../../errors';
import { si } from '../../display/units';
import { GRAMS, JOULES, UNITS_IN_WORDS } from './units';

/** What may be spent: joules of the user's code, or grams of CO2e for them. */
export type BudgetAmount =
  | { readonly energyJ: number; readonly co2eG?: undefined }
  | { readonly co2eG: number; readonly energyJ?: undefined };

interface Unit {
  readonly of: 'energyJ' | 'co2eG';
  readonly factor: number;
}

const UNITS: Readonly<Record<string, Unit>> = {
  ...unitsOf('energyJ', JOULES),
  ...unitsOf('co2eG', GRAMS),
};

function unitsOf(of: Unit['of'], factors: Readonly<Record<string, number>>): Record<string, Unit> {
  return Object.fromEntries(
    Object.entries(factors).map(([name, factor]) => [name, { of, factor }]),
  );
}

/** In the order of help. */
export const BUDGET_UNITS = Object.keys(UNITS);

const ALLOWED = `a number above 0 and a unit: ${UNITS_IN_WORDS}`;

/** What is wrong with a budget that is written so; undefined of a right one. */
export function budgetComplaint(text: string): string | undefined {
  return read(text) === undefined ? `Allowed: ${ALLOWED}, such as 5 kJ or 2.5Wh` : undefined;
}

/**
 * Reads a budget: `5 kJ`, `2.5Wh`, `20 g`, or `{ energyJ: 5000 }`.
 * @throws HalfnoteError `invalid-energy-budget` for another unit, or no number above 0.
 */
export function budgetAmount(given: string | BudgetAmount): BudgetAmount {
  const amount = typeof given === 'string' ? read(given) : checked(given);
  if (amount !== undefined) return amount;
  throw new HalfnoteError(
    'invalid-energy-budget',
    `${shown(given)} is no energy budget; it is ${ALLOWED}.`,
    "For example setEnergyBudget('5 kJ'), or setEnergyBudget({ energyJ: 5000 }).",
  );
}

/** `5.00 kJ`, `20.0 g CO2e`. */
export function amountText(amount: BudgetAmount): string {
  return amount.energyJ === undefined ? `${si(amount.co2eG, 'g')} CO2e` : si(amount.energyJ, 'J');
}

function read(text: string): BudgetAmount | undefined {
  const [, number = '', name = ''] =
    /^\s*([\d_]*\.?\d+(?:e[-+]?\d+)?)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  // Units are told apart by case, but only m and M stand for different things here, and mJ is none.
  const unit = UNITS[name] ?? UNITS[BUDGET_UNITS.find((key) => isMeant(name, key)) ?? ''];
  const value = Number(number.replaceAll('_', ''));
  if (unit === undefined || !(value > 0) || !Number.isFinite(value)) return undefined;
  return amountOf(unit.of, value * unit.factor);
}

/** `KJ`, `kj` and `wh` for what they can only be; `mj` may be thousandths, and is refused. */
function isMeant(name: string, unit: string): boolean {
  return name.toLowerCase() === unit.toLowerCase() && !/^m/.test(name);
}

function checked(given: unknown): BudgetAmount | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) return undefined;
  const [of, value] = entry as [string, unknown];
  if (of !== 'energyJ' && of !== 'co2eG') return undefined;
  return typeof value === 'number' && value > 0 && Number.isFinite(value)
    ? amountOf(of, value)
    : undefined;
}

function amountOf(of: Unit['of'], value: number): BudgetAmount {
  return of === 'energyJ' ? { energyJ: value } : { co2eG: value };
}

import { GRAMS, JOULES } from '../../energy/budget/units';
import type { Budget } from './options';

interface Unit {
  readonly kind: keyof Budget;
  readonly factor: number;
}

const UNITS: Readonly<Record<string, Unit>> = {
  h: { kind: 'budgetHours', factor: 1 },
  ...unitsOf('budgetJ', JOULES),
  ...unitsOf('budgetCO2eG', GRAMS),
};

/** In the order of help; currencies come besides. */
export const TRAINING_BUDGET_UNITS = Object.keys(UNITS);

function unitsOf(
  kind: Unit['kind'],
  factors: Readonly<Record<string, number>>,
): Record<string, Unit> {
  return Object.fromEntries(
    Object.entries(factors).map(([name, factor]) => [name, { kind, factor }]),
  );
}

/** `10h`, `5kWh`, `3kg`, `100EUR` as a budget, with its currency; undefined for what is none. */
export function parseBudget(text: string): (Budget & { readonly currency?: string }) | undefined {
  const [, figure = '', unit = ''] =
    /^(\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*([A-Za-z]+)$/.exec(text.trim()) ?? [];
  const value = Number(figure);
  if (figure === '' || !(value > 0)) return undefined;
  if (Object.hasOwn(UNITS, unit)) {
    const { kind, factor } = UNITS[unit] as Unit;
    return { [kind]: value * factor };
  }
  const currency = unit.toUpperCase();
  return Intl.supportedValuesOf('currency').includes(currency)
    ? { budgetMoney: value, currency }
    : undefined;
}

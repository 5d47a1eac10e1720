import type { Budget } from './options';

interface Unit {
  readonly kind: keyof Budget;
  readonly factor: number;
}

const UNITS: Readonly<Record<string, Unit>> = {
  h: { kind: 'budgetHours', factor: 1 },
  J: { kind: 'budgetJ', factor: 1 },
  kJ: { kind: 'budgetJ', factor: 1e3 },
  MJ: { kind: 'budgetJ', factor: 1e6 },
  GJ: { kind: 'budgetJ', factor: 1e9 },
  Wh: { kind: 'budgetJ', factor: 3600 },
  kWh: { kind: 'budgetJ', factor: 3.6e6 },
  MWh: { kind: 'budgetJ', factor: 3.6e9 },
  g: { kind: 'budgetCO2eG', factor: 1 },
  kg: { kind: 'budgetCO2eG', factor: 1e3 },
  t: { kind: 'budgetCO2eG', factor: 1e6 },
};

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

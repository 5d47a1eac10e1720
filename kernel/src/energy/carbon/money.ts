import { HalfnoteError, shown } from '../../errors';
import { scale } from '../../quantities/arithmetic';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { requireEnergy, requirePue, requireWithin } from './bounds';
import { JOULES_PER_KWH } from './factor';

export interface PriceOptions {
  /** What a kWh costs, taxes and fees as you like; from 0 to a million of the currency. */
  readonly pricePerKWh: number;
  /** ISO 4217 code: `EUR`. */
  readonly currency: string;
  /** The building pays for all it draws. Default 1. */
  readonly pue?: number | undefined;
}

export interface Money {
  /** In the currency's main unit. */
  readonly amount: Quantity;
  readonly currency: string;
}

/**
 * What the electricity costs: E x PUE x price.
 * @throws HalfnoteError `invalid-energy`, `invalid-price` or `invalid-pue`.
 */
export function costOf(energyJ: Quantity, { pricePerKWh, currency, pue = 1 }: PriceOptions): Money {
  requireEnergy(energyJ.value);
  requirePue(pue);
  requirePrice(pricePerKWh, 'pricePerKWh');
  const code = requireCurrency(currency);
  return { amount: scale(energyJ, (pue * pricePerKWh) / JOULES_PER_KWH), currency: code };
}

/** `0.30 EUR (0.28–0.31)`; what is less than a thousandth with a prefix: `2.0 µEUR`. */
export function printMoney({ amount, currency }: Money): string {
  return printQuantity(amount, currency, { prefix: amount.value > 0 && amount.value < 1e-3 });
}

/** @throws HalfnoteError `invalid-price`. */
export function requirePrice(price: number, name: string): void {
  requireWithin(price, {
    name,
    code: 'invalid-price',
    min: 0,
    max: 1e6,
    hint: 'Give the mean price that is paid; spot prices can be negative for an hour, a bill can not.',
  });
}

/**
 * The code in capitals.
 * @throws HalfnoteError `invalid-price` for what is no currency of ISO 4217.
 */
export function requireCurrency(currency: string): string {
  const code = typeof currency === 'string' ? currency.trim().toUpperCase() : '';
  if (Intl.supportedValuesOf('currency').includes(code)) return code;
  throw new HalfnoteError(
    'invalid-price',
    `currency is ${shown(currency)}; it must be an ISO 4217 code.`,
    'For example EUR, USD, GBP, JPY or CNY.',
  );
}

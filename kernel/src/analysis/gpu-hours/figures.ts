import { scale } from '../../quantities/arithmetic';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';

const PLAIN = { prefix: false } as const;
const TONNE_G = 1e6;

/** In seconds where hours would begin with zeros. */
export function hours(seconds: Quantity): string {
  if (seconds.value < 36) return printQuantity(seconds, 's');
  return printQuantity(scale(seconds, 1 / 3600), 'h', PLAIN);
}

/** In tonnes where there are any: nobody reads megagrams. */
export function grams(quantity: Quantity): string {
  return quantity.value >= TONNE_G
    ? printQuantity(scale(quantity, 1 / TONNE_G), 't')
    : printQuantity(quantity, 'g');
}

export function count(quantity: Quantity): string {
  const { value, low, high } = quantity;
  return low < high || value < 1000
    ? printQuantity(quantity, '', PLAIN)
    : Math.floor(value).toLocaleString('en');
}

import { HalfnoteError } from '../errors';
import { combined } from './make';
import { leastDirect, type Quantity, type Spread } from './quantity';

/**
 * Quantities carried on. Statistical spreads add in quadrature, as those of independent figures do: to
 * first order, and each side for itself.
 *
 * Systematic spreads are bounds. A sum takes them for `shared` where nothing else is said: from one model,
 * counter or band, so that they add linearly, which holds in any case. `independent` is for sources that
 * have nothing in common: they add in quadrature. In a ratio or a difference a shared source cancels, so
 * there `independent` is the cautious choice, and the default.
 */
export type Source = 'shared' | 'independent';

/** A sum. Of nothing it is an exact 0, made of no samples. Coverage is the least of the parts'. */
export function sumOf(parts: readonly Quantity[], systematic: Source = 'shared'): Quantity {
  let value = 0;
  let samples = 0;
  for (const part of parts) {
    value += part.value;
    samples += part.samples;
  }
  const add = systematic === 'shared' ? linear : quadrature;
  return combined(
    value,
    {
      statistical: quadrature(parts.map((part) => part.statistical)),
      systematic: add(parts.map((part) => part.systematic)),
      ...coverageOf(parts),
    },
    { ...originOf(parts), samples },
  );
}

export function sum(...parts: readonly Quantity[]): Quantity {
  return sumOf(parts);
}

/** Times an exact number; a negative one turns the sides. */
export function scale(quantity: Quantity, factor: number): Quantity {
  return combined(
    quantity.value * factor,
    {
      statistical: scaled(quantity.statistical, factor),
      systematic: scaled(quantity.systematic, factor),
      coverage: quantity.coverage,
    },
    quantity,
  );
}

/** `a - b`. With a shared source of systematic error both lie off alike, and what is common cancels. */
export function difference(a: Quantity, b: Quantity, systematic: Source = 'independent'): Quantity {
  return carried(a, b, (x, y) => x - y, [1, -1], systematic === 'shared');
}

/**
 * `a * b`, for example energy times the grid's intensity. The systematic bound is that of all products
 * within both bounds, not its first order: bands of 40 % are too wide for that.
 */
export function multiply(a: Quantity, b: Quantity): Quantity {
  return carried(a, b, (x, y) => x * y, [b.value, a.value], false);
}

/**
 * `a / b`. With a shared source of systematic error (two figures of one model) both lie off by the same
 * factor, which cancels.
 *
 * @throws HalfnoteError `invalid-argument` when the systematic bounds of `b` hold 0.
 */
export function ratio(a: Quantity, b: Quantity, systematic: Source = 'independent'): Quantity {
  const [least, most] = bounds(b);
  if (least <= 0 && most >= 0) {
    throw new HalfnoteError(
      'invalid-argument',
      `The divisor is ${b.value}, known from ${least} to ${most}: a ratio to what may be 0 has no bounds.`,
    );
  }
  const slopes = [1 / b.value, -a.value / b.value ** 2] as const;
  return carried(a, b, (x, y) => x / y, slopes, systematic === 'shared');
}

type Slopes = readonly [ofA: number, ofB: number];

function carried(
  a: Quantity,
  b: Quantity,
  of: (x: number, y: number) => number,
  slopes: Slopes,
  shared: boolean,
): Quantity {
  const value = of(a.value, b.value);
  const [aLow, aHigh] = bounds(a);
  const [bLow, bHigh] = bounds(b);
  const ends = shared
    ? [of(aLow, bLow), of(aHigh, bHigh)]
    : [of(aLow, bLow), of(aLow, bHigh), of(aHigh, bLow), of(aHigh, bHigh)];
  return combined(
    value,
    {
      statistical: quadrature([scaled(a.statistical, slopes[0]), scaled(b.statistical, slopes[1])]),
      systematic: {
        below: value - Math.min(value, ...ends),
        above: Math.max(value, ...ends) - value,
      },
      ...coverageOf([a, b]),
    },
    { ...originOf([a, b]), samples: fewest([a, b]) },
  );
}

function bounds({ value, systematic }: Quantity): readonly [number, number] {
  return [value - systematic.below, value + systematic.above];
}

/** A product of trials and a constant is made of as many samples as there were trials. */
function fewest(parts: readonly Quantity[]): number {
  const counted = parts.filter(({ statistical }) => statistical.below + statistical.above > 0);
  return Math.min(...(counted.length > 0 ? counted : parts).map(({ samples }) => samples));
}

function scaled({ below, above }: Spread, factor: number): Spread {
  const size = Math.abs(factor);
  return factor < 0
    ? { below: above * size, above: below * size }
    : { below: below * size, above: above * size };
}

function linear(spreads: readonly Spread[]): Spread {
  let below = 0;
  let above = 0;
  for (const spread of spreads) {
    below += spread.below;
    above += spread.above;
  }
  return { below, above };
}

function quadrature(spreads: readonly Spread[]): Spread {
  let below = 0;
  let above = 0;
  for (const spread of spreads) {
    below = spread.below === 0 ? below : Math.hypot(below, spread.below);
    above = spread.above === 0 ? above : Math.hypot(above, spread.above);
  }
  return { below, above };
}

function coverageOf(parts: readonly Quantity[]): { readonly coverage?: number } {
  return parts.length === 0 ? {} : { coverage: Math.min(...parts.map(({ coverage }) => coverage)) };
}

function originOf(
  parts: readonly Quantity[],
): Pick<Quantity, 'method' | 'gaps' | 'resets' | 'complete'> {
  return {
    method: leastDirect(parts.map(({ method }) => method)),
    gaps: parts.reduce((sum, { gaps }) => sum + gaps, 0),
    resets: parts.reduce((sum, { resets }) => sum + resets, 0),
    complete: parts.every(({ complete }) => complete),
  };
}

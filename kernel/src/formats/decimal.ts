import type { DecimalWorking, DivisionStep, DoublingStep } from './results';

/** Steps that are shown before the working is cut. */
const STEPS = 64;

/**
 * The shortest decimal of a finite number written in binary, as by hand: the integer part by
 * division by two, the fraction by doubling. Exact: it works on the decimal digits.
 */
export function decimalWorking(value: number): DecimalWorking {
  const { digits, scale } = decimalDigits(Math.abs(value));
  const whole = digits / scale;
  const divisions = divide(whole);
  const { doublings, fractionBits, finite } = double(digits % scale, scale);
  const bits = whole.toString(2);
  const wholePowers = Array.from(bits).flatMap((bit, i) =>
    bit === '1' ? [bits.length - 1 - i] : [],
  );
  const plainBits = doublings.map(({ bit }) => bit);
  const fractionPowers = plainBits.flatMap((bit, i) => (bit === 1 ? [-1 - i] : []));
  const sign = value < 0 ? '-' : '';
  return {
    decimal: plainDecimal(value),
    divisions,
    doublings,
    binary: `${sign}${bits}${fractionBits === '' ? '' : `.${fractionBits}`}`,
    powers: [...wholePowers, ...fractionPowers],
    finite,
  };
}

/** A decimal without an exponent. */
function plainDecimal(value: number): string {
  const { digits, scale } = decimalDigits(Math.abs(value));
  return `${value < 0 ? '-' : ''}${fixedPoint(digits, scale)}`;
}

/** `digits / scale` is the number; `scale` is a power of ten. */
function decimalDigits(value: number): { readonly digits: bigint; readonly scale: bigint } {
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  return shift >= 0
    ? { digits: digits * 10n ** BigInt(shift), scale: 1n }
    : { digits, scale: 10n ** BigInt(-shift) };
}

function divide(whole: bigint): DivisionStep[] {
  const steps: DivisionStep[] = [];
  for (let left = whole; left > 0n && steps.length < STEPS; left /= 2n) {
    const quotient = left / 2n;
    steps.push({
      dividend: String(left),
      quotient: String(quotient),
      remainder: Number(left % 2n),
    });
  }
  return steps;
}

function double(
  numerator: bigint,
  scale: bigint,
): {
  readonly doublings: readonly DoublingStep[];
  readonly fractionBits: string;
  readonly finite: boolean;
} {
  const doublings: DoublingStep[] = [];
  const seen = new Map<bigint, number>();
  let left = numerator;
  let bits = '';
  while (left !== 0n) {
    const start = seen.get(left);
    if (start !== undefined) {
      const fractionBits = `${bits.slice(0, start)}(${bits.slice(start)})`;
      return { doublings, fractionBits, finite: false };
    }
    if (doublings.length === STEPS) return { doublings, fractionBits: `${bits}…`, finite: false };
    seen.set(left, doublings.length);
    const doubled = left * 2n;
    const bit = doubled >= scale ? 1 : 0;
    doublings.push({ fraction: fixedPoint(left, scale), doubled: fixedPoint(doubled, scale), bit });
    bits += String(bit);
    left = bit === 1 ? doubled - scale : doubled;
  }
  return { doublings, fractionBits: bits, finite: true };
}

/** `numerator / scale` in decimal, without needless zeros. */
function fixedPoint(numerator: bigint, scale: bigint): string {
  const whole = numerator / scale;
  const places = String(scale).length - 1;
  const fraction = String(numerator % scale)
    .padStart(places, '0')
    .replace(/0+$/, '');
  return places === 0 || fraction === '' ? String(whole) : `${whole}.${fraction}`;
}

/** All decimal digits of a finite double. */
export function exactDecimal(value: number): string {
  let numerator = Math.abs(value);
  let halvings = 0;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    halvings++;
  }
  const scale = 10n ** BigInt(halvings);
  const digits = BigInt(numerator) * 5n ** BigInt(halvings);
  return `${value < 0 ? '-' : ''}${fixedPoint(digits, scale)}`;
}

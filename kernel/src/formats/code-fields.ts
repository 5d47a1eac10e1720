import type { NumberFormat } from './format';
import { floatFields } from './limits-of';
import type { BitField } from './results';

/** The bits of a code by their meaning, highest first. */
export function codeFields(format: NumberFormat, code: number): readonly BitField[] {
  const bits = code.toString(2).padStart(format.bits, '0');
  if (format.kind === 'table') return [{ role: 'index', bits }];
  const cut = format.signed ? 1 : 0;
  const sign: BitField[] = format.signed ? [{ role: 'sign', bits: bits.slice(0, cut) }] : [];
  if (format.kind === 'integer') return [...sign, { role: 'integer', bits: bits.slice(cut) }];
  const { exponentBits, significandBits } = floatFields(format);
  const end = cut + exponentBits;
  const exponent: BitField = { role: 'exponent', bits: bits.slice(cut, end) };
  const significand: BitField = { role: 'significand', bits: bits.slice(end) };
  return [...sign, exponent, ...(significandBits === 0 ? [] : [significand])];
}

/** A code in hexadecimal, as wide as its format: `0x2e66`. */
export function hexCode({ bits }: { readonly bits: number }, code: number): string {
  return `0x${code.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}

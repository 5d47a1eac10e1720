import { blockUnit } from './blocks';
import { limits } from './limits';
import type { Inspectable } from './inspectable';

/** How codes stand for numbers: `(round(x / step) + zeroPoint)` is the code, `unit` what a step is worth. */
export interface Scaling {
  readonly step: number;
  readonly unit: number;
  readonly zeroPoint: number;
}

/** The scale that quantization would give a format, and its name. */
export interface NamedScaling {
  readonly rule: string;
  readonly scalingOf: (index: number) => Scaling;
  /** Where one scale is for all numbers. */
  readonly scale: number | undefined;
}

export const UNSCALED: Scaling = { step: 1, unit: 1, zeroPoint: 0 };

const plain = (scale: number): Scaling => ({ step: scale, unit: scale, zeroPoint: 0 });

/**
 * The scale of `format` for these numbers; undefined for formats that do without: floats with a
 * significand.
 * What is not finite is left out, except in blocks, which it spoils.
 */
export function scalingFor(
  format: Inspectable,
  values: ArrayLike<number>,
): NamedScaling | undefined {
  const { blocks, element, symmetric } = format;
  if (blocks !== undefined) {
    const units = Array.from({ length: Math.ceil(values.length / blocks.size) }, (_, block) =>
      plain(blockUnit(blocks, absmaxOf(values, block * blocks.size, blocks.size))),
    );
    return {
      rule: `${blocks.scale === 'e8m0' ? 'power of two' : 'absmax'}, one in ${blocks.size}`,
      scalingOf: (i) => units[Math.floor(i / blocks.size)] ?? UNSCALED,
      scale: undefined,
    };
  }
  const isPower = element.kind === 'float' && element.precision === 1 && element.signed;
  if (element.kind === 'float' && !isPower) return undefined;
  const finite = Array.from(values).filter(Number.isFinite);
  const absmax = absmaxOf(finite, 0, finite.length);
  if (isPower) return one('power of two', plain(2 ** Math.round(Math.log2(absmax))));
  if (element.kind === 'table') return one('mean |x|', plain(meanAbsolute(finite)));
  if (element.id === 'ternary') return one('mean of |x| above 0.7 mean |x|', ternary(finite));
  const { min, max } = limits(element);
  if (element.signed || symmetric || finite.every((x) => x >= 0)) {
    return one(`absmax/${max}`, plain(absmax / max));
  }
  const [least, largest] = finite.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [0, 0]);
  const scale = (largest - least) / (max - min);
  const zeroPoint = Math.round(min - least / scale);
  return one(`range/${max}, zero point ${zeroPoint}`, { ...plain(scale), zeroPoint });
}

function one(rule: string, scaling: Scaling): NamedScaling | undefined {
  return scaling.unit > 0 ? { rule, scalingOf: () => scaling, scale: scaling.unit } : undefined;
}

/** Ternary weight networks (Li and Liu, 2016): zero up to 0.7 of the mean absolute value. */
function ternary(values: readonly number[]): Scaling {
  const threshold = 0.7 * meanAbsolute(values);
  // What is rounded to nearest changes from 0 to 1 at one half.
  return {
    step: 2 * threshold,
    unit: meanAbsolute(values.filter((x) => Math.abs(x) > threshold)),
    zeroPoint: 0,
  };
}

function meanAbsolute(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + Math.abs(x), 0) / Math.max(values.length, 1);
}

/** NaN where any is NaN. */
function absmaxOf(values: ArrayLike<number>, start: number, length: number): number {
  let absmax = 0;
  const end = Math.min(start + length, values.length);
  for (let i = start; i < end; i++) absmax = Math.max(absmax, Math.abs(values[i] ?? 0));
  return absmax;
}

import { USES } from '../formats/uses';
import { FLOAT_SCALE_RULES, type FloatScaleRule, usualFloatRule } from '../schemes/float-scale';
import type { WeightFormat } from './quantized-graph';

/** Formats that rules of scales are for: multiples of a scale, and floats. */
type Family = 'integers' | 'floats';

/**
 * How weights become a scale, and the formats that can have it so. By the largest of them: `absmax`
 * over the format's largest value; `absmax/127`, `tflite-narrow` and `2*absmax/255` as `SCALE_RULES`
 * has them for integers. `mse`: of the scales from a fifth of absmax's up to all of it, the one with the
 * least squared error. `power-of-two`: dynamic fixed point, as in Ristretto, where multiplying by the
 * scale is a shift. `none`: the numbers themselves, what is too large becoming the largest.
 */
export const WEIGHT_SCALE_RULES = {
  'absmax/127': ['integers'],
  'tflite-narrow': ['integers'],
  '2*absmax/255': ['integers'],
  mse: ['integers', 'floats'],
  'power-of-two': ['integers', 'floats'],
  absmax: ['integers', 'floats'],
  none: ['floats'],
} as const satisfies Readonly<Record<string, readonly Family[]>>;

export type WeightScaleRule = keyof typeof WEIGHT_SCALE_RULES;

/** The rules that a format can have; none where it has its own. */
export function rulesOf(format: WeightFormat): readonly WeightScaleRule[] {
  const family = FAMILIES[USES[format].weights.values];
  if (family === undefined) return [];
  return Object.entries<readonly Family[]>(WEIGHT_SCALE_RULES).flatMap(([rule, families]) =>
    families.includes(family) ? [rule as WeightScaleRule] : [],
  );
}

const FAMILIES: Readonly<Record<string, Family>> = { multiples: 'integers', floats: 'floats' };

/** The given rule where the format can have it, else the usual one. */
export function ruleOf(format: WeightFormat, given?: WeightScaleRule): WeightScaleRule {
  if (given !== undefined && rulesOf(format).includes(given)) return given;
  const { codes, values } = USES[format].weights;
  return values === 'floats' ? usualFloatRule(codes) : 'absmax/127';
}

/** Rules by which the largest weight has the largest code of either sign, and the smallest is left out. */
export function isNarrow(rule: WeightScaleRule): boolean {
  return rule === 'absmax/127' || rule === 'tflite-narrow' || rule === 'absmax';
}

/** Whether floats can have the rule. */
export function isFloatRule(rule: WeightScaleRule): rule is FloatScaleRule {
  return Object.hasOwn(FLOAT_SCALE_RULES, rule);
}

import { isRuleName } from '../../magic-lines/rule-name';
import type { Plan } from './plan';
import type { Sensitivity } from './schema';

/** A payload may name any format; a cell is made of words that are one. */
const FORMAT = /^\w+(?:-\w+)*$/;

/**
 * The cell that quantizes the model so: the format of most weights for all, those of the others by layer.
 * Undefined where the name of a layer or a format can't be written in a magic.
 * @param formats Of the plan.
 */
export function planCell(
  { layers }: Pick<Sensitivity, 'layers'>,
  formats: readonly string[],
  { chosen }: Pick<Plan, 'chosen'>,
): string | undefined {
  const weightsIn = new Map<number, number>();
  layers.forEach(({ weights }, i) => {
    const format = chosen[i] ?? 0;
    weightsIn.set(format, (weightsIn.get(format) ?? 0) + weights);
  });
  const quantized = [...weightsIn].filter(([format]) => formats[format] !== 'fp32');
  const [most] = quantized.sort(([, a], [, b]) => b - a);
  if (most === undefined) return undefined;
  const rules = layers.flatMap(({ name }, i) => {
    const format = chosen[i] ?? 0;
    return format === most[0] ? [] : [[name, formats[format] ?? ''] as const];
  });
  const base = formats[most[0]] ?? '';
  const isWritable = ([name, format]: readonly [string, string]): boolean =>
    isRuleName(name) && FORMAT.test(format);
  if (!FORMAT.test(base) || !rules.every(isWritable)) return undefined;
  const option =
    rules.length === 0 ? '' : ` --layers "${rules.map((rule) => rule.join('=')).join(',')}"`;
  return `%quantize ${base} model --weight-only${option} --as mixed`;
}

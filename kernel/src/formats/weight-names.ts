import { HalfnoteError, nearest, shown } from '../errors';
import { FLOAT_WEIGHT_FORMATS, LINEAR_WEIGHT_FORMATS, WEIGHT_FORMATS } from './names';
import { aliasedFormat, FORMATS } from './table';
import {
  USES,
  type FormatUse,
  type TrainedWeightFormat,
  type WeightAlias,
  type WeightFormat,
  type WeightName,
} from './uses';

/** Floats that training can round weights to: those that need a scale. */
export const TRAINED_FLOAT_FORMATS = FLOAT_WEIGHT_FORMATS.filter(
  (name) => FORMATS[USES[name].weights.codes].bits <= 8,
);
/** What weights can be trained in: steps of one size, signs, and narrow floats. */
export const TRAINED_WEIGHT_FORMATS: readonly TrainedWeightFormat[] = [
  ...LINEAR_WEIGHT_FORMATS,
  ...TRAINED_FLOAT_FORMATS,
];

/** What formats of weights are called beside their own names: `fp8` is `e4m3`. */
export const WEIGHT_ALIASES = Object.fromEntries(
  WEIGHT_FORMATS.flatMap((format) => {
    const use: FormatUse = USES[format];
    return (use.weights?.names ?? []).map((name) => [name, format]);
  }),
) as Readonly<Record<WeightAlias, WeightFormat>>;

/** All names that formats of weights go by, those of {@link WEIGHT_FORMATS} first. */
export const WEIGHT_NAMES: readonly WeightName[] = [
  ...WEIGHT_FORMATS,
  ...(Object.keys(WEIGHT_ALIASES) as readonly WeightAlias[]),
];

/** The format of weights that goes by a name; undefined where none does. */
export function weightFormatOf(name: string): WeightFormat | undefined {
  const key = name.trim().toLowerCase();
  if (isWeightFormat(key)) return key;
  if (Object.hasOwn(WEIGHT_ALIASES, key)) return WEIGHT_ALIASES[key as WeightAlias];
  const other = aliasedFormat(key);
  return other !== undefined && isWeightFormat(other) ? other : undefined;
}

/** Why weights can't be in a format that there is; undefined for all others. */
export function whyNotWeights(name: string): string | undefined {
  const key = name.trim().toLowerCase();
  const id = aliasedFormat(key) ?? key;
  const table: Readonly<Record<string, FormatUse>> = USES;
  return Object.hasOwn(table, id) ? table[id]?.notWeights : undefined;
}

/**
 * As {@link weightFormatOf}. `others` are allowed too, where the caller has dealt with them.
 * @throws HalfnoteError `unknown-weight-format` that says why not, or what is allowed.
 */
export function weightFormatNamed(name: string, others: readonly string[] = []): WeightFormat {
  // JavaScript can hand over anything.
  const given: unknown = name;
  const text = typeof given === 'string' ? given : shown(given);
  const format = weightFormatOf(text);
  if (format !== undefined) return format;
  const allowed = [...WEIGHT_NAMES, ...others];
  const reason = whyNotWeights(text);
  if (reason !== undefined) {
    throw new HalfnoteError(
      'unknown-weight-format',
      `Weights cannot be quantized to '${text}'. ${reason}.`,
      `Allowed: ${allowed.join(', ')}.`,
    );
  }
  const [near] = nearest(text, allowed, 1);
  throw new HalfnoteError(
    'unknown-weight-format',
    `Unknown weight format '${text}'. Allowed: ${allowed.join(', ')}.`,
    near === undefined ? undefined : `Did you mean '${near}'?`,
  );
}

function isWeightFormat(name: string): name is WeightFormat {
  return (WEIGHT_FORMATS as readonly string[]).includes(name);
}

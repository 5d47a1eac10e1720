import { percent, significant } from '../display/units';
import type { Verdict } from '../display/verdict';
import { counted, listed } from '../display/words';
import type {
  InspectedFormat,
  SummarizedFormat,
  ValueInspection,
  ValuesInspection,
  ValueStatus,
} from '../formats/results';
import { relativeText, shown } from '../payloads/inspection/figures';

/** What is the number itself. */
const KEPT: readonly ValueStatus[] = ['exact', 'infinite', 'NaN'];
/** What is no longer the number in any sense. */
const LOST: readonly ValueStatus[] = ['underflow', 'overflow', 'saturated', 'NaN lost'];
/** Of one number, a relative error that one sees in a result. */
const MUCH = 0.05;
/** Of many, the share that is lost; and the signal to noise below which little is left. */
const [MANY, NOISY_DB] = [0.01, 20] as const;

/** Integers and tables of values are told apart: nobody uses them without a scale, as they are here. */
function isFloat({ fields, unit }: InspectedFormat): boolean {
  const role = fields.at(-1)?.role;
  return unit !== undefined || (role !== 'integer' && role !== 'index');
}

/** Which formats have the number, which is farthest off, and which lose it. */
export function valueVerdict({ value, formats, saturate, rounding }: ValueInspection): Verdict {
  const exact = formats.filter(({ status }) => KEPT.includes(status));
  const floats = formats.filter(isFloat);
  const judged = floats.length === 0 ? formats : floats;
  const lost = judged.filter(({ status }) => LOST.includes(status));
  const rest = judged.filter((format) => !exact.includes(format) && !lost.includes(format));
  const worst = rest.reduce<InspectedFormat | undefined>(
    (a, b) => (a === undefined || b.relativeError > a.relativeError ? b : a),
    undefined,
  );
  const parts = [
    ...(exact.length === 0
      ? [`No format here has ${shown(value)} itself`]
      : [`${shown(value)} is exact in ${labels(exact)}`]),
    ...(worst === undefined || !(worst.relativeError > 0)
      ? []
      : [`it is farthest off in ${worst.label}, by ${relativeText(worst.relativeError)}`]),
    ...(lost.length === 0
      ? []
      : [`lost in ${lost.map(({ label, status }) => `${label} (${status})`).join(', ')}`]),
  ];
  const tone =
    2 * lost.length >= judged.length
      ? 'problem'
      : lost.length > 0 || (worst !== undefined && worst.relativeError > MUCH)
        ? 'caution'
        : 'good';
  const grows = lost.some(({ status }) => status === 'overflow') && !saturate;
  const ids = formats.map(({ id }) => id).join(',');
  return {
    sentence: `${parts.join('; ')}.`,
    tone,
    ...(grows &&
      rounding === 'nearest-even' && { next: `%inspect ${value} --formats ${ids} --saturate` }),
  };
}

/** Which format keeps most of the numbers, which least, and where some are lost. */
export function valuesVerdict({ formats, count, nans }: ValuesInspection): Verdict {
  const [first] = formats;
  if (first === undefined || nans === count) {
    return {
      sentence: `${count === 1 ? 'The number is' : `All of the ${counted(count, 'number')} are`} NaN.`,
      tone: 'problem',
    };
  }
  const worst = formats.reduce((a, b) => (b.sqnrDb < a.sqnrDb ? b : a));
  const best = formats.reduce((a, b) => (b.sqnrDb > a.sqnrDb ? b : a));
  const loses = formats
    .map((format) => ({ format, share: lostShare(format, count) }))
    .filter(({ share }) => share > MANY);
  const kept =
    best.sqnrDb === worst.sqnrDb
      ? `${listed(labelsOf(formats), 4)} ${formats.length === 1 ? 'has' : 'have'} ${best.sqnrDb === Infinity ? 'all of the signal' : decibels(best)}`
      : `${best.label} has most of the signal, ${decibels(best)}; ${worst.label} least, ${decibels(worst)}`;
  const poor = formats.filter(
    (format) => format.sqnrDb < NOISY_DB || loses.some((lossy) => lossy.format === format),
  );
  const lost = loses.map(({ format, share }) => `${format.label} loses ${percent(share)} of them`);
  const parts = [
    kept,
    ...(lost.length === 0 ? [] : [listed(lost)]),
    ...(nans === 0 ? [] : [`${nans.toLocaleString('en')} ${nans === 1 ? 'is' : 'are'} NaN`]),
  ];
  return {
    sentence: `Of ${counted(count, 'number')} ${parts.join('; ')}.`,
    tone:
      2 * poor.length > formats.length || nans > 0
        ? 'problem'
        : poor.length > 0
          ? 'caution'
          : 'good',
  };
}

function labels(formats: readonly InspectedFormat[]): string {
  return listed(labelsOf(formats), 4);
}

function labelsOf(formats: readonly { readonly label: string }[]): string[] {
  return formats.map(({ label }) => label);
}

/** Overflowed, or become zero. */
function lostShare({ counts }: SummarizedFormat, count: number): number {
  return LOST.reduce((sum, status) => sum + (counts[status] ?? 0), 0) / count;
}

function decibels({ sqnrDb }: SummarizedFormat): string {
  if (sqnrDb === Infinity) return 'all of it';
  return sqnrDb === -Infinity ? 'none of it' : `${significant(sqnrDb)} dB over the noise`;
}

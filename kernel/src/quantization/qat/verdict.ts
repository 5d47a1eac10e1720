import type { Verdict } from '../../display/verdict';
import { counted, listed } from '../../display/words';
import type { QatRow } from './rows';

/** Whether ranges are there for it to be converted, and what stays in float. `model` is the variable that holds it. */
export function qatVerdict(rows: readonly QatRow[], model: string | undefined): Verdict {
  const rounded = rows.filter(({ weights }) => weights !== undefined);
  const formats = [...new Set(rounded.flatMap(({ weights }) => weights?.format ?? []))];
  const waiting = rows.filter(isWaiting);
  const float = rows.filter(({ isFloat }) => isFloat);
  if (rounded.length === 0) {
    return { sentence: 'No weights are rounded: all layers stay in float.', tone: 'caution' };
  }
  const of = `${listed(formats)} in ${counted(rounded.length, 'layer')}`;
  const stay = float.length === 0 ? '' : `; in float: ${listed(float.map(({ name }) => name))}`;
  if (waiting.length > 0) {
    return {
      sentence: `No ranges yet for ${listed(waiting.map(({ name }) => name))}: they are observed in training, and nothing is rounded before; ${of}${stay}.`,
      tone: 'caution',
    };
  }
  return {
    sentence: `Weights are rounded to ${of}, with all ranges known${stay}.`,
    tone: float.length === 0 ? 'good' : 'caution',
    ...(model !== undefined && { next: `%qat convert ${model} --as small` }),
  };
}

/** Whether training has still to show a range. */
export function isWaiting({ output, params, inputs }: QatRow): boolean {
  return (output === 'uint8' && !params) || (inputs !== undefined && inputs.scale === undefined);
}

/** What waits for a range first, then what stays in float. */
export function unreadyFirst(rows: readonly QatRow[]): number[] {
  const harm = rows.map((row) => (isWaiting(row) ? 2 : 0) + (row.isFloat ? 1 : 0));
  return rows.map((_, i) => i).sort((a, b) => (harm[b] ?? 0) - (harm[a] ?? 0));
}

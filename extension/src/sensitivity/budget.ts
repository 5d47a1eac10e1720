import { bytes, significant } from 'halfnote/mime';
import {
  changeText,
  type BudgetKind,
  type Plan,
  type Plans,
  type Sensitivity,
} from 'halfnote/mime/sensitivity';

/** Places of a slider. */
export const STEPS = 200;
/** Of noise where a layer has none: nobody hears more. */
const MOST_DB = 120;

/** From the smallest plan to the one with the least harm, in what the budget limits. */
export interface BudgetRange {
  readonly from: number;
  readonly to: number;
}

/** What the budget may limit, in words. */
export function budgetKinds({
  scoreMetric,
}: Sensitivity): readonly (readonly [BudgetKind, string])[] {
  return [
    ['bytes', 'bytes of weights, at most'],
    ['sqnrDb', 'signal to noise of the outputs, at least'],
    ...(scoreMetric === 'none'
      ? []
      : [
          [
            'drop',
            scoreMetric === 'accuracy' ? 'accuracy lost, at most' : 'loss added, at most',
          ] as const,
        ]),
  ];
}

/** Undefined where there is nothing to choose between. */
export function rangeOf(plans: Plans, kind: BudgetKind): BudgetRange | undefined {
  const [first, last] = [plans.at(0), plans.at(plans.length - 1)];
  if (first === undefined || last === undefined) return undefined;
  const figure = (plan: Plan): number =>
    kind === 'sqnrDb' ? Math.min(MOST_DB, plan.sqnrDb) : plan[kind];
  const [from, to] = [figure(first), figure(last)];
  if (!Number.isFinite(from) || !Number.isFinite(to) || from === to) return undefined;
  // Of rounding some scores get better: a loss of less than nothing may be asked for as well.
  return { from, to };
}

export function limitAt({ from, to }: BudgetRange, place: number): number {
  return from + ((to - from) * place) / STEPS;
}

/** The place whose limit lets this much through. */
export function placeOf({ from, to }: BudgetRange, limit: number): number {
  const place = (STEPS * (limit - from)) / (to - from);
  return Math.min(STEPS, Math.max(0, Math.ceil(place - 1e-9)));
}

export function limitText(kind: BudgetKind, limit: number, { scoreMetric }: Sensitivity): string {
  if (kind === 'bytes') return bytes(Math.floor(limit));
  if (kind === 'sqnrDb') return `${significant(limit)} dB`;
  return changeText(limit, scoreMetric);
}

import { scaleText } from '../../display/exponents';
import { decodeNumber } from '../../display/numbers';
import { percent } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import type { FormatBand } from '../../formats/bands';
import type { GradientRanges, RangeLayer } from './schema';
import { isScaled, rangeStats, underflowText, zerosMayBeLost } from './stats';
import { asLost, lostOf, slotName, statsOverTime, type Lost } from './time';

/** What kinds of values are called. */
export const KIND_NAMES: Readonly<Record<RangeLayer['kind'], string>> = {
  gradient: 'gradients',
  'activation-gradient': 'gradients of activations',
  activation: 'activations',
  weight: 'weights',
};

/** From this share on a loss is to be mended. */
export const WORRYING = 0.01;
/** The format that loss scales are for. */
const SCALED = 'fp16';

/** A layer and what became of its values, at the loss scales that were in force. */
export interface LostLayer {
  /** Its place in the payload. */
  readonly index: number;
  readonly layer: RangeLayer;
  readonly lost: Lost;
  readonly mayBeLost: boolean;
}

/**
 * All layers, those that lose most before the others: what is lost for certain where it is enough to be
 * mended, then what is lost at most, zeros that may have been values among it.
 */
export function layersByLoss(payload: GradientRanges, format: FormatBand): readonly LostLayer[] {
  return payload.layers
    .map((layer, index) => ({
      ...{ index, layer },
      lost: lostOf(payload, index, format),
      mayBeLost: zerosMayBeLost(payload, layer),
    }))
    .toSorted((a, b) => toMend(b) - toMend(a) || atMost(b) - atMost(a));
}

/** The same of the kind that comes first. */
export function worstLayers(payload: GradientRanges, format: FormatBand): readonly LostLayer[] {
  const kind = payload.layers[0]?.kind;
  return layersByLoss(payload, format).filter(({ layer }) => layer.kind === kind);
}

/**
 * What a reader should take from the ranges, and what to do next: the layer that loses most in the format
 * that was computed in, and how that went on over the steps. Undefined where nothing is recorded, or the
 * format has no known range.
 */
export function rangeVerdict(payload: GradientRanges): Verdict | undefined {
  const format = payload.formats.find(({ id }) => id === payload.format);
  const layers = format === undefined ? [] : worstLayers(payload, format);
  const [worst] = layers;
  if (format === undefined || worst === undefined) return undefined;
  const { kind, name } = worst.layer;
  const values = KIND_NAMES[kind];
  const where = `In ${format.label}${isScaled({ kind }) ? scales(payload) : ''}`;
  const share = surely(worst.lost);
  if (share > 0 && (share >= WORRYING || share === atMost(worst))) {
    return {
      sentence: `${where}, ${lostText(worst, `the ${values} of ${name}`)}${laterText(payload, layers, format)}.`,
      tone: share >= WORRYING ? 'problem' : 'caution',
      ...next(payload, worst, format),
    };
  }
  if (atMost(worst) > 0) {
    const certain = layers.filter(({ lost }) => surely(lost) > 0);
    return {
      sentence:
        `${where}, up to ${percent(atMost(worst))} of the ${values} of ${name} may be lost: ` +
        `${possibleText(worst)}${certainText(worst, certain)}${laterText(payload, certain, format)}.`,
      tone: atMost(worst) >= WORRYING || certain.length > 0 ? 'caution' : 'good',
      ...next(payload, worst, format),
    };
  }
  return (
    narrower(payload, layers, where, values) ?? {
      sentence: `${where}, none of the ${values} are lost.`,
      tone: 'good',
    }
  );
}

function surely({ underflow, overflow }: Lost): number {
  return underflow + overflow;
}

/** What is lost for certain, where it is worth mending. */
function toMend({ lost }: LostLayer): number {
  const share = surely(lost);
  return share >= WORRYING ? share : 0;
}

function atMost({ lost, mayBeLost }: LostLayer): number {
  return surely(lost) + (mayBeLost ? lost.zero : 0);
}

/** The loss scale, or the least and the largest of those that were in force. */
function scales({ format, time, lossScale }: GradientRanges): string {
  const used = (time?.slots.map(({ scale }) => scale) ?? [lossScale.value]).map(decodeNumber);
  const [low, high] = [Math.min(...used), Math.max(...used)];
  if (low !== high) return ` at loss scales from ${scaleText(low)} to ${scaleText(high)}`;
  if (low !== 1) return ` at loss scale ${scaleText(low)}`;
  return format === SCALED ? ' without loss scaling' : '';
}

/** `12.0% of the gradients of dense_1 become zero`; both ways of being lost where there are both. */
function lostText({ lost, mayBeLost }: LostLayer, values: string): string {
  const small = underflowText(lost, mayBeLost);
  const large = percent(lost.overflow);
  if (lost.overflow === 0) return `${small} of ${values} become zero`;
  if (lost.underflow === 0) return `${large} of ${values} overflow`;
  return `${percent(surely(lost))} of ${values} are lost: ${small} become zero, ${large} overflow`;
}

/** Why a layer's values may be lost, and which of them are. */
function possibleText({ lost }: LostLayer): string {
  const zeros = 'zeros that may have been small values';
  if (surely(lost) === 0) return zeros;
  return `${waysText(lost)} for certain, the others are ${zeros}`;
}

/** What is lost for certain in another layer than the one that a sentence is of. */
function certainText(worst: LostLayer, [certain]: readonly LostLayer[]): string {
  if (certain === undefined || certain.index === worst.index || surely(worst.lost) > 0) return '';
  return `; for certain, ${waysText(certain.lost, ` of those of ${certain.layer.name}`)}`;
}

/** `1.2% become zero`, `<0.01% overflow`, or both. */
function waysText({ underflow, overflow }: Lost, of = ''): string {
  return [
    ...(underflow > 0 ? [`${percent(underflow)}${of} become zero`] : []),
    ...(overflow > 0 ? [`${percent(overflow)}${of} overflow`] : []),
  ].join(' and ');
}

/** When it was over, or how it grew. */
function laterText(
  payload: GradientRanges,
  layers: readonly LostLayer[],
  format: FormatBand,
): string {
  const { slots = [] } = payload.time ?? {};
  const last = lastOverflow(payload, layers, format);
  if (last >= 0) {
    const after = slots[last + 1];
    return after === undefined
      ? ', and some overflow up to the last step'
      : `; from step ${after.firstStep.toLocaleString('en')} on none overflow`;
  }
  const [worst] = layers;
  const [first, end] = [slots[0], slots.at(-1)];
  if (worst === undefined || first === undefined || end === undefined) return '';
  const shares = statsOverTime(payload, worst.index, format).map(({ underflow }) => underflow);
  const [from, to] = [shares[0] ?? 0, shares.at(-1) ?? 0];
  if (Math.abs(to - from) < WORRYING || Math.max(from, to) < 2 * Math.min(from, to)) return '';
  return `; the share went from ${percent(from)} in ${slotName(first)} to ${percent(to)} in ${slotName(end)}`;
}

/** The last slot in which a value of any layer overflows; -1 where none does. */
function lastOverflow(
  payload: GradientRanges,
  layers: readonly LostLayer[],
  format: FormatBand,
): number {
  const overflowing = layers.filter(({ lost }) => lost.overflow > 0);
  return overflowing.reduce(
    (last, { index }) =>
      Math.max(
        last,
        statsOverTime(payload, index, format).findLastIndex((stats) => asLost(stats).overflow > 0),
      ),
    -1,
  );
}

/** The cell to run next, where one would help. */
function next(
  payload: GradientRanges,
  worst: LostLayer,
  format: FormatBand,
): Pick<Verdict, 'next'> {
  const { lossScale, time } = payload;
  const [value, suggested] = [lossScale.value, lossScale.suggested].map(decodeNumber) as [
    number,
    number,
  ];
  const isOver = worst.lost.overflow > worst.lost.underflow;
  const isPast =
    isOver && time !== undefined && lastOverflow(payload, [worst], format) < time.slots.length - 1;
  if (isPast) return {};
  const isScalable = payload.format === SCALED && isScaled(worst.layer);
  if (isScalable && (isOver ? suggested < value : suggested > value))
    return { next: `import { setLossScaler } from 'halfnote'; setLossScaler(${suggested});` };
  if (surely(worst.lost) === 0) return { next: '%explain model --data x,y' };
  return { next: '%precision bf16' };
}

/** Of gradients that lose nothing: what fp16 would make of them. */
function narrower(
  payload: GradientRanges,
  layers: readonly LostLayer[],
  where: string,
  values: string,
): Verdict | undefined {
  const format = payload.formats.find(({ id }) => id === SCALED);
  const suggested = decodeNumber(payload.lossScale.suggested);
  if (
    payload.format === SCALED ||
    format === undefined ||
    !layers.every(({ layer }) => isScaled(layer))
  )
    return undefined;
  const at = (scale: number): readonly { readonly name: string; readonly share: number }[] =>
    layers
      .map(({ layer }) => ({
        name: layer.name,
        share: surely(asLost(rangeStats(layer, format, scale))),
      }))
      .toSorted((a, b) => b.share - a.share);
  const [plain] = at(1);
  const [scaled] = at(suggested);
  if (plain === undefined || scaled === undefined) return undefined;
  const none = `${where}, none of the ${values} are lost`;
  if (plain.share === 0)
    return { sentence: `${none}, and none would be in ${format.label}.`, tone: 'good' };
  return {
    sentence:
      `${none}; in ${format.label} ${percent(plain.share)} of those of ${plain.name} would be` +
      (suggested === 1
        ? '.'
        : `, at loss scale ${scaleText(suggested)} ${scaled.share === 0 ? 'none' : `at most ${percent(scaled.share)} of any`}.`),
    tone: 'good',
    ...(scaled.share < WORRYING && { next: `%precision ${SCALED}` }),
  };
}

import { HalfnoteError } from '../../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { scaleText } from '../../display/exponents';
import { decodeNumber } from '../../display/numbers';
import { readComparison, type RangeComparison } from '../../payloads/ranges/comparison';
import type { GradientRanges } from '../../payloads/ranges/schema';
import { comparisonBundle } from './compare-view';
import { GradientRangesView } from './gradient-ranges';

/** Two recordings of gradients side by side. Shows itself in a notebook. */
export class GradientComparisonView implements Displayable {
  constructor(readonly payload: RangeComparison) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return comparisonBundle(this.payload);
  }
}

export interface CompareGradientsOptions {
  /** What the two are called. Default: their format and loss scale. */
  readonly names?: readonly [string, string];
}

/**
 * Two recordings, as `gradientRanges()` gave them, by layers of the same name: in fp16 and bf16, or with
 * loss scaling and without.
 * @throws HalfnoteError `invalid-comparison` where one is no recording, holds nothing, or no layer is in both.
 */
export function compareGradients(
  first: GradientRangesView,
  second: GradientRangesView,
  { names }: CompareGradientsOptions = {},
): GradientComparisonView {
  const views = [first, second];
  for (const [index, view] of views.entries()) {
    const which = index === 0 ? 'The first' : 'The second';
    if (!((view as unknown) instanceof GradientRangesView))
      throw new HalfnoteError(
        'invalid-comparison',
        `${which} is ${typeof view}; allowed is what gradientRanges() gives, kept in a variable after each training.`,
      );
    if (view.payload.layers.length === 0)
      throw new HalfnoteError(
        'invalid-comparison',
        `${which} holds no recorded step. Run %gradients on, train, and keep gradientRanges().`,
      );
  }
  const [a, b] = [nameOf(first.payload), nameOf(second.payload)];
  const [x, y] = names ?? (a === b ? [`${a}, first`, `${b}, second`] : [a, b]);
  const payload: RangeComparison = {
    title: 'Gradients of two runs',
    runs: [
      { name: x, ranges: first.payload },
      { name: y, ranges: second.payload },
    ],
  };
  if (readComparison(payload) === undefined)
    throw new HalfnoteError(
      'invalid-comparison',
      `No layer is in both: the first has ${layersOf(first)}, the second ${layersOf(second)}. Give layers the same names in both models.`,
    );
  return new GradientComparisonView(payload);
}

/** `FP16 at loss scale 65536 (2¹⁶)`. */
function nameOf({ format, formats, lossScale, time }: GradientRanges): string {
  const label = formats.find(({ id }) => id === format)?.label ?? format;
  const scales = time?.slots.map(({ scale }) => scale) ?? [lossScale.value];
  const [last] = scales.slice(-1).map(decodeNumber);
  if (last === undefined || last === 1) return format === 'fp16' ? `${label} unscaled` : label;
  return `${label} at loss scale ${scaleText(last)}`;
}

/** A few names of many. */
function layersOf({ payload: { layers } }: GradientRangesView): string {
  const names = layers.slice(0, 3).map(({ name }) => name);
  return names.join(', ') + (layers.length > names.length ? ', ...' : '');
}

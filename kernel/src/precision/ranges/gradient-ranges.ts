import { formatBands } from '../../formats/bands';
import { limits } from '../../formats/limits';
import { isStorageFormat } from '../../formats/names';
import { FORMATS, type FormatId } from '../../formats/table';
import { USES } from '../../formats/uses';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { gradientRangesBundle } from './view';
import { powerOfTwo, scaleText } from '../../display/exponents';
import type { GradientRanges } from '../../payloads/ranges/schema';
import { zerosMayBeLost } from '../../payloads/ranges/stats';
import { HalfnoteError } from '../../errors';
import { ensureFacts } from '../session';
import { RECORDABLE, RECORDABLES, type Recordable } from './kinds';
import { LiveDisplay } from './live';
import { rangeRecording, startRecording, stopRecording } from './recorder';
import { suggestLossScale } from './suggest';

/** Gradients and weights against the ranges of the formats. Shows itself in a notebook. */
export class GradientRangesView implements Displayable {
  constructor(readonly payload: GradientRanges) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return gradientRangesBundle(this.payload);
  }
}

/**
 * Every 30th step: counting the gradients of an MLP 1024-2048-1024 takes about as long as a step at
 * batch 32, so that this costs less than 5 % of the time of training.
 */
const DEFAULT_EVERY = 30;

/** Changes of the loss scale, and skipped steps, that go over the wire: the latest. */
const MOST_POINTS = 500;

export interface RecordGradientsOptions {
  /** Record every n-th optimizer step, the first among them. Default 30. */
  readonly every?: number;
  /** What to record. Default: gradients only. Each kind costs as much as the gradients do. */
  readonly of?: readonly Recordable[];
  /** In a notebook, show the ranges in the cell that trains, while it trains. Default false. */
  readonly live?: boolean;
}

/**
 * Starts or stops recording how large the values of a training are, in integer counts by power of two:
 * gradients (unscaled) and weights of each variable, and of tfjs layers the activations and the gradients
 * that come back to them. Starting forgets what was recorded before; stopping keeps it for
 * {@link gradientRanges}.
 * @throws HalfnoteError `invalid-interval` when `every` isn't an integer above 0, `invalid-recordable` when `of`
 *   names something else.
 */
export function recordGradients(
  on: boolean,
  { every = DEFAULT_EVERY, of = ['gradients'], live = false }: RecordGradientsOptions = {},
): void {
  if (!Number.isInteger(every) || every < 1) {
    throw new HalfnoteError(
      'invalid-interval',
      `every is ${every}; allowed are integers from 1 on.`,
    );
  }
  checkRecordable(of);
  if (!on) {
    stopRecording();
    return;
  }
  ensureFacts();
  const shown = new LiveDisplay(gradientRanges);
  startRecording({
    every,
    kinds: new Set(of.map((name) => RECORDABLE[name])),
    ...(live && {
      onRecorded: () => {
        shown.changed();
      },
    }),
  });
}

function checkRecordable(of: readonly string[]): void {
  const unknown = of.find((name) => !Object.hasOwn(RECORDABLE, name));
  if (unknown === undefined && of.length > 0) return;
  throw new HalfnoteError(
    'invalid-recordable',
    `of is [${of.join(', ')}]; allowed are one or more of ${RECORDABLES.join(', ')}.`,
  );
}

/** What `recordGradients(true)` has counted up to now, with a suggested loss scale. */
export function gradientRanges(): GradientRangesView {
  const { every, step, recordedSteps, layers, time, hasSteps, regime } = rangeRecording();
  const { policy, loss } = regime;
  const format = USES[policy.compute].compute.gradients;
  const formats = formatBands();
  const suggestion = suggestLossScale(layers, loss.scale, format);
  return new GradientRangesView({
    title: 'Gradient ranges',
    format,
    execution: ensureFacts().formats[policy.compute].execution,
    step,
    recordedSteps,
    every,
    lossScale: {
      value: loss.scale,
      suggested: suggestion.scale,
      reason: suggestion.reason,
      skippedSteps: loss.skippedSteps,
      history: loss.history.slice(-MOST_POINTS).map(({ step: at, scale }) => ({ step: at, scale })),
      steps: loss.step,
      skippedAt: loss.skippedAt.slice(-MOST_POINTS),
    },
    formats,
    layers: [...layers],
    notes: [
      ...(layers.some((layer) => zerosMayBeLost({ format, formats }, layer))
        ? [lostBefore(format, loss.scale)]
        : []),
      ...(hasSteps && time === undefined ? [TOO_MANY_LAYERS] : []),
    ],
    ...(time && { time }),
  });
}

const TOO_MANY_LAYERS =
  'Steps are not shown apart: of so many layers they would be too much for a notebook.';

/** What zeros stand for where they may have been something else. */
function lostBefore(format: FormatId, scale: number): string {
  const { label } = FORMATS[format];
  const below = powerOfTwo(limits(format).minSubnormalExponent - 1 - Math.floor(Math.log2(scale)));
  return (
    `Zero includes what was lost: these gradients were computed in ${label}, where ` +
    (isStorageFormat(format)
      ? `what was below ${below} at loss scale ${scaleText(scale)} became zero before it could be counted. `
      : 'what was small beside the largest value became zero before it could be counted. ') +
    'Underflow is what was still there to be counted, up to that and all zeros. %explain measures a pass in fp32 and tells the two apart.'
  );
}

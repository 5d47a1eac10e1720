import type { ComputeFormat } from '../../backend/contract';
import { formatBands } from '../../formats/bands';
import type { FormatId } from '../../formats/table';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { gradientRangesBundle } from '../../mime/gradient-ranges';
import type { GradientRanges } from '../../mime/payloads';
import { HalfnoteError } from '../../errors';
import { ensureFacts } from '../session';
import { installTraining } from '../training/install';
import { rangeRecording, startRecording, stopRecording } from './recorder';
import { suggestLossScale } from './suggest';

/** Gradients and weights against the ranges of the formats. Shows itself in a notebook. */
export class GradientRangesView implements Displayable {
  constructor(readonly payload: GradientRanges) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return gradientRangesBundle(this.payload);
  }
}

/** The format that gradients have under a policy. */
const GRADIENT_FORMAT: Readonly<Record<ComputeFormat, FormatId>> = {
  fp32: 'fp32',
  tf32: 'tf32',
  bf16: 'bf16',
  fp16: 'fp16',
  fp8: 'e5m2',
};

export interface RecordGradientsOptions {
  /** Record every n-th optimizer step. Default 1. */
  readonly every?: number;
}

/**
 * Starts or stops recording the ranges of gradients (unscaled) and weights at each optimizer step.
 * Starting forgets what was recorded before; stopping keeps it for {@link gradientRanges}.
 * @throws HalfnoteError `bad-interval` when `every` isn't an integer above 0.
 */
export function recordGradients(on: boolean, { every = 1 }: RecordGradientsOptions = {}): void {
  if (!Number.isInteger(every) || every < 1) {
    throw new HalfnoteError('bad-interval', `every is ${every}; allowed are integers from 1 on.`);
  }
  if (!on) {
    stopRecording();
    return;
  }
  installTraining();
  startRecording(every);
}

/** What `recordGradients(true)` has counted up to now, with a suggested loss scale. */
export function gradientRanges(): GradientRangesView {
  const { every, step, recordedSteps, layers, regime } = rangeRecording();
  const { policy, loss } = regime;
  const suggestion = suggestLossScale(layers);
  return new GradientRangesView({
    title: 'Gradient ranges',
    format: GRADIENT_FORMAT[policy.compute],
    execution: ensureFacts().formats[policy.compute].execution,
    step,
    recordedSteps,
    every,
    lossScale: {
      value: loss.scale,
      suggested: suggestion.scale,
      reason: suggestion.reason,
      skippedSteps: loss.skippedSteps,
      history: loss.history.map(({ step: at, scale }) => ({ step: at, scale })),
    },
    formats: formatBands(),
    layers: [...layers],
  });
}

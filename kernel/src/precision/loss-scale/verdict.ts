import { scaleText } from '../../display/exponents';
import { percent } from '../../display/units';
import type { Tone, Verdict } from '../../display/verdict';
import { counted } from '../../display/words';
import type { TracedLossScale } from './result';

/** Skips at the begin are how a scale is found; from this share of the steps on they cost training. */
const MANY = 0.05;
/** From this share on nothing is learned to speak of. */
const MOST = 0.5;
/** Steps from which on a share says something. */
const ENOUGH = 20;

/** Whether steps are lost to the scale, and the latest gradient that was. */
export function lossScaleVerdict(trace: Omit<TracedLossScale, 'scaler'>): Verdict {
  const { scale, step, skippedSteps, skips } = trace;
  if (step === 0) {
    return { sentence: `Loss scale ${scaleText(scale)}; no step was taken yet.`, tone: 'good' };
  }
  const tone = toneOf(skippedSteps, step, scale);
  if (skippedSteps === 0) {
    return {
      sentence: `No step was lost: ${step === 1 ? 'the one step' : `all of ${counted(step, 'step')}`} had finite gradients, at loss scale ${scaleText(scale)}.`,
      tone,
    };
  }
  const latest = skips.at(-1);
  const [first] = latest?.gradients ?? [];
  const where =
    latest === undefined || first === undefined
      ? ''
      : `, the latest at step ${latest.step} by ${first.variable}`;
  return {
    sentence: `${skippedSteps.toLocaleString('en')} of ${counted(step, 'step')} skipped (${percent(skippedSteps / step)})${where}; loss scale ${scaleText(scale)}.`,
    tone,
    ...(tone !== 'good' && { next: '%gradients on' }),
  };
}

function toneOf(skipped: number, step: number, scale: number): Tone {
  const share = skipped / step;
  // At 1 there is nothing left to lower: the gradients themselves are not finite.
  if (skipped > 0 && (scale <= 1 || (step >= ENOUGH && share >= MOST))) return 'problem';
  return step >= ENOUGH && share >= MANY ? 'caution' : 'good';
}

import { percent, si } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { listed } from '../../display/words';
import type { Explanation } from './result';

/** The share of a pass from which on its casts are worth a thought. */
const COSTLY = 0.2;

/**
 * What to do first, else what casts cost. `keep` is the magic that keeps the proposed layers in fp32.
 */
export function explanationVerdict(
  { policy, lossScale, proposals, broken, ranges, castSeconds, passSeconds }: Explanation,
  keep: string | undefined,
): Verdict {
  if (broken !== undefined) {
    return {
      sentence: `${broken} has NaN or infinite values in fp32 too (${ranges ?? 'this pass'}): look at the data, the weights and the learning rate.`,
      tone: 'problem',
    };
  }
  const share = passSeconds > 0 ? castSeconds / passSeconds : 0;
  const casts = `casts took ${si(castSeconds, 's')} of the ${si(passSeconds, 's')} of a pass (${percent(share)})`;
  const layers = listed(proposals.map(({ layer }) => layer));
  if (lossScale !== undefined) {
    const besides = proposals.length === 0 ? '' : `, and keep ${layers} in fp32 besides`;
    return {
      sentence: `Scale the loss: gradients are lost that a scale of ${lossScale.scale} saves${besides}.`,
      tone: 'problem',
      next: lossScale.code,
    };
  }
  if (proposals.length > 0) {
    return {
      sentence: `Keep ${layers} in fp32: ${proposals.length === 1 ? 'its values leave' : 'their values leave'} the range of ${policy.compute}; ${casts}.`,
      tone: 'problem',
      ...(keep !== undefined && { next: keep }),
    };
  }
  return {
    sentence: `Nothing leaves the range of ${policy.compute}, no layer needs fp32; ${casts}.`,
    tone: share >= COSTLY ? 'caution' : 'good',
  };
}

import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { isRuleName } from '../../magic-lines/rule-name';
import type { ExplanationRow } from './operations';
import { explanationBundle, type ExplanationAdvice } from './view';
import { describePolicy } from '../policy';
import type { ExplainedOp, Explanation } from './result';
import { explanationVerdict } from './verdict';

/** Which op ran in which format and why. Shows itself in a notebook; `payload` is the data. */
export class PrecisionExplanation implements Displayable {
  constructor(readonly payload: Explanation) {}

  /** The line that keeps the proposed layers in fp32, besides those kept now; undefined without any, and where a name can't be written. */
  get magic(): string | undefined {
    const { keep, proposals, policy } = this.payload;
    if (proposals.length === 0 || !proposals.every(({ layer }) => isRuleName(layer)))
      return undefined;
    const { param, compute, output } = policy;
    const plain = param === 'fp32' && output === 'fp32';
    const spec = plain ? compute : `p=${param},c=${compute},o=${output}`;
    const rules = [...(keep === '' ? [] : [keep]), ...proposals.map((proposal) => proposal.keep)];
    return `%precision ${spec} --keep "${rules.join(',')}"`;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { payload } = this;
    return explanationBundle({
      verdict: explanationVerdict(payload, this.magic),
      title:
        `Precision of ${payload.model}: ${describePolicy(payload.policy)}` +
        `${payload.keep === '' ? '' : `, kept ${payload.keep}`}; on ${payload.device}`,
      rows: payload.ops.map(rowOf),
      castSeconds: payload.castSeconds,
      castBytes: payload.castBytes,
      passSeconds: payload.passSeconds,
      loss: payload.loss,
      steps: payload.steps,
      advice: this.advice(),
    });
  }

  private advice(): ExplanationAdvice[] {
    const { lossScale, proposals, broken, ranges } = this.payload;
    if (ranges === undefined || broken !== undefined) return [];
    const scaling = lossScale && {
      text: `What is lost without that scale, measured on ${ranges}`,
      reasons: lossScale.reasons,
      code: lossScale.code,
    };
    const keep = {
      text:
        scaling === undefined
          ? `Proposed to be kept in fp32, measured on ${ranges}`
          : 'Proposed to be kept in fp32 besides',
      reasons: proposals,
      code: this.magic,
    };
    return [...(scaling === undefined ? [] : [scaling]), keep];
  }
}

function rowOf(op: ExplainedOp): ExplanationRow {
  const { asked } = op.run;
  return {
    layer: op.layer === '' ? '(outside of layers)' : op.layer,
    direction: op.direction,
    op: op.op,
    calls: op.calls,
    format: op.formats,
    execution: op.execution,
    engine: op.engine,
    causes: op.causes,
    casts: op.casts.map(({ from, to, ...sums }) => ({
      ...sums,
      // Rounded and widened again, for a kernel that computes in what it was.
      what: from === to ? `rounded to ${asked ?? to}` : `${from} → ${to}`,
    })),
  };
}

import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { explanationBundle, type ExplanationRow } from '../../mime/precision-explanation';
import { describePolicy } from '../policy';
import type { ExplainedOp, Explanation } from './explain';

/** Which op ran in which format and why. Shows itself in a notebook; `payload` is the data. */
export class PrecisionExplanation implements Displayable {
  constructor(readonly payload: Explanation) {}

  /** The line that keeps the proposed layers in fp32, besides those kept now; undefined without any. */
  get magic(): string | undefined {
    const { keep, proposals, policy } = this.payload;
    if (proposals.length === 0) return undefined;
    const { param, compute, output } = policy;
    const plain = param === 'fp32' && output === 'fp32';
    const spec = plain ? compute : `p=${param},c=${compute},o=${output}`;
    const rules = [...(keep === '' ? [] : [keep]), ...proposals.map((proposal) => proposal.keep)];
    return `%precision ${spec} --keep "${rules.join(',')}"`;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { payload, magic } = this;
    const { castSeconds, passSeconds, castBytes, proposals } = payload;
    return explanationBundle({
      title:
        `Precision of ${payload.model}: ${describePolicy(payload.policy)}` +
        `${payload.keep === '' ? '' : `, kept ${payload.keep}`}; on ${payload.device}`,
      rows: payload.ops.map(rowOf),
      castSeconds,
      castBytes,
      passSeconds,
      loss: payload.loss,
      proposals,
      ranges: payload.ranges,
      magic,
    });
  }
}

function rowOf(op: ExplainedOp): ExplanationRow {
  return {
    layer: op.layer === '' ? '(outside of layers)' : op.layer,
    direction: op.direction,
    op: op.op,
    calls: op.calls,
    format: op.format,
    execution: op.execution,
    engine: op.engine,
    why: op.why,
    casts: op.casts,
  };
}

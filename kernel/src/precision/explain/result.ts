import type { Policy } from '../policy';
import type { OpGroup } from './census';
import type { KeepProposal, LossScaleProposal } from './proposals';
import type { Reason } from './reasons';

/** What one op of a layer did, and why. */
export type ExplainedOp = OpGroup & Reason;

export interface Explanation {
  readonly model: string;
  readonly policy: Policy;
  /** Layers with a policy of their own, as text; empty where none has. */
  readonly keep: string;
  readonly device: string;
  readonly loss: string;
  readonly ops: readonly ExplainedOp[];
  /** Wall time of the pass, and of its casts. On a GPU that of their dispatch. */
  readonly passSeconds: number;
  readonly castSeconds: number;
  readonly castBytes: number;
  /** What to set before layers are kept in fp32; undefined where loss scaling is as it should be. */
  readonly lossScale: LossScaleProposal | undefined;
  readonly proposals: readonly KeepProposal[];
  /** A layer with NaN or infinite values in fp32 too: then nothing is proposed. */
  readonly broken: string | undefined;
  /** How training steps run, in words: as one program or op by op, and what broke a program. */
  readonly steps: string;
  /** What the proposals were measured on; undefined where the policy has the range of fp32. */
  readonly ranges: string | undefined;
}

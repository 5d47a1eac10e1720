import type { Policy } from '../../precision/policy';
import type { KeepProposal } from '../../precision/explain/proposals';
import type { Decision } from '../../precision/explain/reasons';

/** What an operator runs in now: as ONNX Runtime executed it. */
export interface NodeRun {
  /** The floats that its kernel computed with, or the element type that it gave; undefined where ONNX Runtime split it. */
  readonly format: string | undefined;
  /** Simulated where the kernel computed in another type than the file has. */
  readonly execution: 'native' | 'simulated';
}

/** What one node runs in, and would under the policy. */
export interface ExplainedNode {
  readonly name: string;
  /** The operator. */
  readonly op: string;
  readonly run: NodeRun;
  /** What it would give under the policy; for a product that reads another format, that too. Undefined where no policy applies. */
  readonly format: string | undefined;
  /**
   * Whether ONNX Runtime has a kernel here that computes in that format, by trial; `simulated` where it
   * would widen to fp32, or round; `none` where it refuses the type.
   */
  readonly execution: 'native' | 'simulated' | 'none' | undefined;
  readonly decision: Decision | 'untouched';
  readonly causes: readonly string[];
}

export interface OnnxExplanationResult {
  readonly model: string;
  readonly policy: Policy;
  /** Nodes with a policy of their own, as text; empty where none has. */
  readonly keep: string;
  /** ONNX Runtime with its version, and the providers of the kernels that ran. */
  readonly engine: string;
  readonly nodes: readonly ExplainedNode[];
  /** Of a run as ONNX Runtime optimizes the model: kernels called, casts among them, and their time, measured. */
  readonly kernels: number;
  readonly casts: number;
  readonly castSeconds: number;
  readonly runSeconds: number;
  /** Nodes to keep in fp32, by the ranges of this run; undefined where the policy has the range of fp32. */
  readonly proposals: readonly KeepProposal[] | undefined;
  /** The first node with NaN or infinite values in the float run. */
  readonly broken: string | undefined;
}

/** The comm target by which the kernel tells a front end the precision policy. */
export const POLICY_TARGET = 'halfnote.policy';

/** What a cell process begins with. */
const DEFAULT_POLICY = 'fp32';

/** The precision policy as the kernel knows it: all of it, at each change. */
export interface PolicyReport {
  /** What the cells that follow compute in: a policy's name, or jmp's form `p=fp32,c=fp16,o=fp32`. */
  readonly policy: string;
  /** Layers with a policy of their own, `out=fp32`; empty where none has. */
  readonly keep: string;
  /** What is computed in now where that is another: in a cell or a scope with a policy of its own. */
  readonly running: string | null;
}

/** What holds before any cell has said otherwise. */
export const DEFAULT_REPORT: PolicyReport = { policy: DEFAULT_POLICY, keep: '', running: null };

/** A report as it came from the other end; undefined where it is none. */
export function policyReport(data: unknown): PolicyReport | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const { policy, keep, running } = data as Readonly<Record<string, unknown>>;
  if (typeof policy !== 'string' || typeof keep !== 'string') return undefined;
  if (typeof running !== 'string' && running !== null) return undefined;
  return { policy, keep, running };
}

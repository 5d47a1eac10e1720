import type { DeviceFacts, Execution } from '../../backend/contract';
import { deviceTraps } from '../../backend/load';
import { castRule } from '../autocast-table';
import type { OpGroup } from './census';

/** Which rule decided the format of an op. */
export type Decision = 'policy' | 'kept' | 'low' | 'fp32' | 'promote' | 'follow' | 'trap';

export interface Reason {
  readonly decision: Decision;
  readonly why: string;
  readonly execution: Execution;
  readonly engine: string;
}

/** Why an op ran in its format, and whether the hardware has that format. */
export function reasonFor(op: OpGroup, facts: DeviceFacts): Reason {
  const { decision, why } = decide(op, facts);
  const kept = op.rule === undefined || decision === 'kept' ? '' : `kept by ${op.rule}; `;
  return { decision, why: kept + why, ...support(op, facts) };
}

function decide(
  { op, rule, policy, format, run }: OpGroup,
  { device }: DeviceFacts,
): Pick<Reason, 'decision' | 'why'> {
  if (run.trap !== undefined) {
    const rounded = format === run.compute ? '' : `, rounded to ${format}`;
    return {
      decision: 'trap',
      why: `trap of this ${device.toUpperCase()}: ${run.trap}; computed in ${run.compute}${rounded}`,
    };
  }
  if (policy === 'fp32' || policy === 'tf32') {
    const products =
      policy === 'tf32' && isProduct(op) ? ', inputs of products rounded to tf32' : '';
    return rule === undefined
      ? { decision: 'policy', why: `the policy is ${policy}${products}` }
      : { decision: 'kept', why: `kept by ${rule}${products}` };
  }
  const list = castRule(op);
  switch (list) {
    case 'low':
      return { decision: list, why: `low list: ${lowReason(op, policy)}` };
    case 'fp32':
      return { decision: list, why: `fp32 list: ${fp32Reason(op)}` };
    case 'promote':
      return { decision: list, why: 'promotes: the widest format among its inputs' };
    case 'follow':
      return { decision: list, why: "follows its input's format" };
  }
}

function lowReason(op: string, policy: OpGroup['policy']): string {
  if (!isProduct(op)) return 'belongs to a product, which runs in the format of the policy';
  return policy === 'fp8'
    ? 'products round their inputs to fp8 and multiply in bf16'
    : 'products run in the format of the policy';
}

/** Measured reasons are the traps'; the others leave the range of 16 bits or lose their digits. */
function fp32Reason(op: string): string {
  const trap = deviceTraps().find((known) => known.op === op && !known.roundResult);
  return trap === undefined
    ? "its results leave a 16-bit format's range or lose their digits"
    : trap.why;
}

function isProduct(op: string): boolean {
  return castRule(op) === 'low' && op !== 'BiasAdd';
}

function support(
  { op, policy, format, run }: OpGroup,
  { formats }: DeviceFacts,
): Pick<Reason, 'execution' | 'engine'> {
  const special = (policy === 'fp8' || policy === 'tf32') && isProduct(op) ? policy : format;
  const { execution, engine } = formats[special];
  // Computed wider and rounded: the format's values, but not by instructions that have it.
  return { execution: format === run.compute ? execution : 'simulated', engine };
}

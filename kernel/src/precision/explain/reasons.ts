import type { DeviceFacts, Execution } from '../../backend/contract';
import { deviceTraps } from '../../backend/load';
import { USES } from '../../formats/uses';
import { castRule } from '../autocast-table';
import { COMPUTE_TRAITS } from '../compute-traits';
import type { OpGroup } from './census';

/** Which rule decided the format of an op. */
export type Decision = 'policy' | 'kept' | 'low' | 'fp32' | 'promote' | 'follow' | 'trap';

export interface Reason {
  readonly decision: Decision;
  readonly why: string;
  /** The parts of `why`, each of which may hold for many ops. */
  readonly causes: readonly string[];
  /** What a product reads and gives where that is not its format alone: `E4M3 × E4M3 → bf16`. */
  readonly formats: string;
  readonly execution: Execution;
  readonly engine: string;
}

/** Why an op ran in its format, and whether the hardware has that format. */
export function reasonFor(op: OpGroup, facts: DeviceFacts): Reason {
  return { ...ruleFor(op, facts), ...support(op, facts) };
}

/** Why an op has its format, wherever it runs. */
export function ruleFor(op: RuledOp, facts: DeviceFacts): Omit<Reason, 'execution' | 'engine'> {
  const { decision, why, reads } = decide(op, facts);
  const kept = op.rule === undefined || decision === 'kept' ? [] : [`kept by ${op.rule}`];
  const causes = [...kept, ...(reads === undefined ? [] : [reads]), why];
  return { decision, why: causes.join('; '), causes, formats: formatsOf(op) };
}

/** What a rule depends on. */
type RuledOp = Pick<OpGroup, 'op' | 'rule' | 'policy' | 'format' | 'run' | 'direction'>;

/** A rule and its words; `reads` where a product rounds what it reads besides. */
interface Rule extends Pick<Reason, 'decision' | 'why'> {
  readonly reads?: string;
}

function decide({ op, rule, policy, format, run }: RuledOp, { device }: DeviceFacts): Rule {
  const { products } = COMPUTE_TRAITS[policy];
  const { results: between } = USES[policy].compute;
  if (run.trap !== undefined) {
    const rounded =
      format === run.compute
        ? `computed and kept in ${run.compute}`
        : `computed in ${run.compute} from rounded inputs, and rounded to ${format}`;
    return {
      decision: 'trap',
      why: `${rounded}: TensorFlow's ${run.asked ?? format} kernel on this ${device.toUpperCase()} won't do: ${run.trap}`,
      ...(products !== undefined && isProduct(op) && { reads: products.why }),
    };
  }
  if (between === 'fp32') {
    const rounded = products !== undefined && isProduct(op) ? `, ${products.why}` : '';
    return rule === undefined
      ? { decision: 'policy', why: `the policy is ${policy}${rounded}` }
      : { decision: 'kept', why: `kept by ${rule}${rounded}` };
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
  return COMPUTE_TRAITS[policy].products?.why ?? 'products run in the format of the policy';
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

function formatsOf({ op, policy, format, direction }: RuledOp): string {
  const { products } = COMPUTE_TRAITS[policy];
  return products === undefined || !isProduct(op) ? format : `${products[direction]} → ${format}`;
}

function support(
  { op, policy, format, run }: OpGroup,
  { formats }: DeviceFacts,
): Pick<Reason, 'execution' | 'engine'> {
  const isOwn = COMPUTE_TRAITS[policy].products !== undefined && isProduct(op);
  const { execution, engine } = formats[isOwn ? policy : format];
  // Computed wider and rounded: the format's values, but not by instructions that have it.
  return { execution: format === run.compute ? execution : 'simulated', engine };
}

/** Ops on resource variables. */

export const READ = 'ReadVariableOp';

/** Make or end a resource; they are never part of a program. */
export const CREATE = 'VarHandleOp';
export const DESTROY = 'DestroyResourceOp';

/** Leave a resource's value as it is. */
const LEAVES: ReadonlySet<string> = new Set([
  READ,
  CREATE,
  'ResourceGather',
  'ResourceGatherNd',
  'VariableShape',
  'VarIsInitializedOp',
]);

/** Whether an op with a state may change the resources among its inputs. */
export function mayWrite(statefulOp: string): boolean {
  return !LEAVES.has(statefulOp);
}

/** Whether an op's whole effect is what it writes into the resources among its inputs. */
export function onlyWrites(op: string): boolean {
  return /^(?:Resource(?:Sparse)?Apply\w+|Assign(?:Add|Sub)?VariableOp)$/.test(op);
}

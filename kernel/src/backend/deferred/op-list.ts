import { readFields } from './protobuf';

/** Fields of TensorFlow's `OpList` and `OpDef` (`tensorflow/core/framework/op_def.proto`). */
const OP = 1;
const NAME = 1;
const IS_STATEFUL = 17;

/** The ops of a serialized `OpList` that have a state: a variable's, a random generator's, a file's. */
export function statefulOps(opList: Uint8Array): ReadonlySet<string> {
  const stateful = new Set<string>();
  readFields(opList, (field, op) => {
    if (field !== OP || typeof op === 'number') return;
    const { name, isStateful } = readOp(op);
    if (isStateful) stateful.add(name);
  });
  return stateful;
}

function readOp(op: Uint8Array): { readonly name: string; readonly isStateful: boolean } {
  const found = { name: '', isStateful: false };
  readFields(op, (field, value) => {
    if (field === NAME && typeof value !== 'number') found.name = Buffer.from(value).toString();
    if (field === IS_STATEFUL) found.isStateful = value === 1;
  });
  return found;
}

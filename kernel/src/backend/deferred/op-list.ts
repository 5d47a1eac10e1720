import { attr } from '../attributes';
import type { OpAttribute } from '../contract';
import { readFields } from './protobuf';

/** Fields of `OpList`, `OpDef` and `OpDef.ArgDef` (`tensorflow/core/framework/op_def.proto`). */
const OP = 1;
const OP_NAME = 1;
const OP_INPUT = 2;
const OP_IS_STATEFUL = 17;
const ARG_TYPE_ATTRIBUTE = 4;
const ARG_NUMBER_ATTRIBUTE = 5;
const ARG_LIST_ATTRIBUTE = 6;

/** An input of an op: of the type that an attribute names, once or as often as another says. */
interface Input {
  type: string | undefined;
  number: string | undefined;
}

interface Definition {
  readonly inputs: readonly Input[];
  readonly isStateful: boolean;
}

/** What TensorFlow says of its ops. */
export class OpList {
  private readonly definitions = new Map<string, Definition>();
  /** The ops that have a state: a variable's, a random generator's, a file's. */
  readonly stateful: ReadonlySet<string>;

  /** @param serialized A serialized `OpList`. */
  constructor(serialized: Uint8Array) {
    const stateful = new Set<string>();
    readFields(serialized, (field, op) => {
      if (field !== OP || typeof op === 'number') return;
      const [name, definition] = readOp(op);
      this.definitions.set(name, definition);
      if (definition.isStateful) stateful.add(name);
    });
    this.stateful = stateful;
  }

  /**
   * The attributes with the types of the inputs, which an op that runs by itself takes whether a call leaves
   * them out or says others (tfjs's mean of integers); in a graph they have to be there and right. `types[i]`
   * is the code of input `i`.
   */
  withTypes(
    op: string,
    attributes: readonly OpAttribute[],
    types: readonly number[],
  ): readonly OpAttribute[] {
    const given = new Map(attributes.map(({ name, value }) => [name, value]));
    const taken = new Map<string, number>();
    let at = 0;
    for (const { type, number } of this.definitions.get(op)?.inputs ?? []) {
      const code = types[at];
      if (type !== undefined && code !== undefined && !taken.has(type)) taken.set(type, code);
      const count = number === undefined ? 1 : given.get(number);
      // A list of a length that isn't said: what follows can't be told apart.
      if (typeof count !== 'number') break;
      at += count;
    }
    const kept = attributes.filter(({ name, value }) => (taken.get(name) ?? value) === value);
    const changed = [...taken].filter(([name, code]) => given.get(name) !== code);
    return changed.length === 0
      ? attributes
      : [...kept, ...changed.map(([name, code]) => attr.type(name, code))];
  }
}

function readOp(op: Uint8Array): [name: string, definition: Definition] {
  const inputs: Input[] = [];
  let name = '';
  let isStateful = false;
  readFields(op, (field, value) => {
    if (field === OP_IS_STATEFUL) isStateful = value === 1;
    if (typeof value === 'number') return;
    if (field === OP_NAME) name = text(value);
    if (field === OP_INPUT) inputs.push(readInput(value));
  });
  return [name, { inputs, isStateful }];
}

function readInput(argument: Uint8Array): Input {
  const input: Input = { type: undefined, number: undefined };
  readFields(argument, (field, value) => {
    if (typeof value === 'number') return;
    if (field === ARG_TYPE_ATTRIBUTE) input.type = text(value);
    if (field === ARG_NUMBER_ATTRIBUTE) input.number = text(value);
    // A list of types, which no attribute of the binding can be.
    if (field === ARG_LIST_ATTRIBUTE) input.number = text(value);
  });
  return input;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

import { fusedOpsOf } from './fused/exact';
import type { FunctionBinding } from './functions';
import type { OpList } from './op-list';
import { message, integer } from './protobuf';
import { stepGraph, type Feed } from './step-graph';
import { sameNumbers, type Tape, type TensorType } from './tape';

/** A tape that TensorFlow runs in one call. */
export interface Program {
  readonly tape: Tape;
  readonly functionName: string;
  readonly feeds: readonly Feed[];
  readonly outputValues: readonly number[];
  readonly lazyReads: ReadonlyMap<number, number>;
  readonly written: ReadonlySet<number>;
  /** By value; undefined for constants. */
  readonly types: readonly (TensorType | undefined)[];
}

/**
 * A `ConfigProto` (`graph_options.rewrite_options.disable_meta_optimizer`): no rewriting of the graph, for
 * a rewritten sum or a fused kernel gives other bits than the ops one by one.
 */
export const AS_WRITTEN = message(10, [message(10, [integer(19, 1)])]);

/** Ops without a function that infers shapes, though those of what they give follow from shapes and attributes. */
const SHAPELESS: ReadonlySet<string> = new Set(['_MklQuantizedAvgPool', '_MklQuantizedMaxPool']);

/** Whether TensorFlow never infers what shape an op gives, which depends on no values. */
export function isShapeless(op: string): boolean {
  return SHAPELESS.has(op);
}

let built = 0;

/**
 * Makes a program of a tape. Each shape on the tape has to be one that TensorFlow infers from the shapes of
 * the inputs alone: else it depends on values, and the next run's may be another.
 *
 * @param knowsShapes Whether that has been seen before.
 * @throws Error that says what can't be part of a program.
 */
export function buildProgram(
  binding: FunctionBinding,
  ops: OpList,
  tape: Tape,
  knowsShapes = false,
): Program {
  const graph = stepGraph(tape, ops, fusedOpsOf(binding, AS_WRITTEN));
  built += 1;
  const functionName = `halfnote_step_${process.pid}_${built}`;
  const shapes = binding.addFunction(
    functionName,
    graph.definition,
    graph.inputs,
    graph.outputs,
    graph.controls,
    graph.results.map(({ name }) => name),
  );
  const open = knowsShapes
    ? undefined
    : graph.results.find(({ op, type }, i) => {
        if (isShapeless(op)) return false;
        const shape = shapes[i];
        return shape === null || shape === undefined || !sameNumbers(shape, type.shape);
      });
  if (open !== undefined) {
    binding.removeFunction(functionName);
    throw new Error(`the shape of what ${open.op} gives depends on values`);
  }
  const types: (TensorType | undefined)[] = [];
  for (const entry of tape.entries) {
    if (entry.kind === 'op') entry.outputs.forEach((type, i) => (types[entry.first + i] = type));
  }
  const { feeds, outputValues, lazyReads, written } = graph;
  return { tape, functionName, feeds, outputValues, lazyReads, written, types };
}

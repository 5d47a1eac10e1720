import type { TfBinding } from '../binding';

/** What `kernel/native` adds to tfjs-node's binding. */
export interface FunctionBinding extends TfBinding {
  /** Registers a function; returns the shapes inferred of `inferred`: null or -1 where one isn't known. */
  addFunction(
    name: string,
    graphDef: Uint8Array,
    inputs: readonly string[],
    outputs: readonly string[],
    controls: readonly string[],
    inferred: readonly string[],
  ): (readonly number[] | null)[];
  removeFunction(name: string): void;
  /** Runs it with a serialized `ConfigProto`; returns the ids of its results. */
  runFunction(
    name: string,
    config: Uint8Array,
    inputIds: readonly number[],
    outputs: number,
  ): number[];
  /** Makes ops of ours for inference known; returns how many columns they take together, 0 where there are none. */
  registerInferenceOps?(): number;
  /** All ops of this TensorFlow, as a serialized `OpList`. */
  opList(): Uint8Array;
  /** Registers the op of `kernel/native/fused`; false, or no such member, where it couldn't be built. */
  registerFusedOp?(): boolean;
}

/** Whether the binding was built with them: one that tfjs downloads, or an older one of ours, wasn't. */
export function hasFunctions(binding: TfBinding): binding is FunctionBinding {
  return typeof (binding as Partial<FunctionBinding>).addFunction === 'function';
}

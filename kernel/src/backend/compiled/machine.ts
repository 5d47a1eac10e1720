import type { RawTensor } from '../binding';
import type { OpAttribute } from '../contract';
import type { Program } from '../deferred/program';
import type { ConstantData, Tape } from '../deferred/tape';

/** What makes, runs and frees programs: the one that defers calls. */
export interface Machine {
  /** @param knowsShapes Whether the shapes on the tape hold, though TensorFlow may not infer them. */
  compile(tape: Tape, knowsShapes?: boolean): Program;
  call(program: Program, ids: readonly number[]): RawTensor[];
  release(program: Program): void;
  /** Runs an op by itself. */
  execute(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    outputs: number,
  ): RawTensor[];
  read(id: number): ConstantData;
  /** How many columns kernels of ours take together; 0 where there are none. */
  readonly lanes: number;
  makeConstant(shape: readonly number[], dtype: number, data: ConstantData): number;
  deleteHandle(id: number): void;
}

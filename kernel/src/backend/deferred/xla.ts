import { attr } from '../attributes';
import type { RawTensor } from '../binding';
import type { FunctionBinding } from './functions';
import type { OpList } from './op-list';
import { AS_WRITTEN, type Program } from './program';
import { Reasons, type Reason } from './statistics';
import { stepGraph } from './step-graph';
import { withXlaFlags } from './xla-flags';
import { xlaReason } from './xla-reason';
import { xlaTape } from './xla-tape';

/** Runs of a program before it is worth compiling. */
export const RUNS_BEFORE_XLA = 10;

/** With it TensorFlow compiles a function as a whole, or fails. */
const MUST_COMPILE = attr.bool('_XlaMustCompile', true);

/** What XLA has done so far. */
export interface XlaStatistics {
  /** Whether programs that have run a few times are compiled. */
  readonly on: boolean;
  readonly programs: number;
  /** What their first runs took, in which they are compiled. */
  readonly compileS: number;
  /** Runs of programs while XLA was asked for, and how many of them were by XLA. */
  readonly runs: number;
  readonly byXla: number;
  /** Why programs are not compiled. */
  readonly refusals: readonly Reason[];
}

/** Results of a program, and whether XLA's code made them, whose last digits are others. */
export interface Outcome {
  readonly ids: readonly number[];
  readonly byXla: boolean;
}

/** How far XLA is with a program. */
interface State {
  runs: number;
  /** Of the function for XLA; undefined before it is compiled, and when XLA is given up. */
  functionName: string | undefined;
  refused: boolean;
}

/** Runs programs, compiled by XLA where that is asked for and gives the same but for last digits. */
export class Xla {
  /** Whether programs that have run {@link RUNS_BEFORE_XLA} times are to be compiled. */
  on = false;
  private readonly states = new Map<Program, State>();
  private programs = 0;
  private compileS = 0;
  private runs = 0;
  private byXla = 0;
  private readonly refusals = new Reasons();

  constructor(
    private readonly binding: FunctionBinding,
    private readonly ops: OpList,
  ) {}

  /**
   * Runs a program.
   * @param now Whether it is to be compiled at once.
   * @throws TensorFlow's error, if it can't be run without XLA either.
   */
  run(program: Program, inputs: readonly number[], now: boolean): Outcome {
    if (this.on || now) {
      this.runs += 1;
      const state = this.stateOf(program);
      state.runs += 1;
      const isDue = now || state.runs > RUNS_BEFORE_XLA;
      const ids = isDue && !state.refused ? this.tryXla(program, state, inputs) : undefined;
      if (ids !== undefined) {
        this.byXla += 1;
        return { ids, byXla: true };
      }
    }
    const { functionName, outputValues } = program;
    const ids = this.binding.runFunction(functionName, AS_WRITTEN, inputs, outputValues.length);
    return { ids, byXla: false };
  }

  /** A program is no more. */
  free(program: Program): void {
    const name = this.states.get(program)?.functionName;
    this.states.delete(program);
    if (name !== undefined) this.binding.removeFunction(name);
  }

  statistics(): XlaStatistics {
    const { on, programs, compileS, runs, byXla } = this;
    return { on, programs, compileS, runs, byXla, refusals: this.refusals.sorted() };
  }

  private stateOf(program: Program): State {
    let state = this.states.get(program);
    if (state === undefined) {
      state = { runs: 0, functionName: undefined, refused: false };
      this.states.set(program, state);
    }
    return state;
  }

  /** The results, or undefined where XLA can't: it fails before the first variable is written. */
  private tryXla(program: Program, state: State, inputs: readonly number[]): number[] | undefined {
    const isFirst = state.functionName === undefined;
    try {
      const began = performance.now();
      const name = (state.functionName ??= this.functionFor(program));
      const count = program.outputValues.length;
      const run = (): RawTensor[] => this.binding.executeOp(name, [MUST_COMPILE], inputs, count);
      const results = isFirst ? withXlaFlags(run) : run();
      if (isFirst) {
        this.programs += 1;
        this.compileS += (performance.now() - began) / 1000;
      }
      return results.map(({ id }) => id);
    } catch (error) {
      this.refusals.note(xlaReason(error));
      state.refused = true;
      if (state.functionName !== undefined) this.binding.removeFunction(state.functionName);
      state.functionName = undefined;
      return undefined;
    }
  }

  private functionFor({ tape, functionName }: Program): string {
    const name = `${functionName}_xla`;
    const { definition, inputs, outputs, controls } = stepGraph(xlaTape(tape), this.ops, []);
    this.binding.addFunction(name, definition, inputs, outputs, controls, []);
    return name;
  }
}

/** For example `XLA: 2 programs compiled in 1.8 s; 310 of 312 runs`; empty where it was never asked for. */
export function describeXla({
  on,
  programs,
  compileS,
  runs,
  byXla,
  refusals,
}: XlaStatistics): string {
  if (!on && runs === 0) return '';
  const compiled = `XLA: ${programs} ${programs === 1 ? 'program' : 'programs'} compiled in ${compileS.toFixed(1)} s`;
  const without = refusals.slice(0, 3).map(({ why, count }) => `${why} (${count})`);
  return (
    `${compiled}; ${byXla} of ${runs} runs` +
    (without.length === 0 ? '' : `; without XLA: ${without.join(', ')}`)
  );
}

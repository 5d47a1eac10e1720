import type { RawTensor } from '../binding';
import type { Program } from '../deferred/program';
import { slotOf } from '../deferred/tape';
import type { ForwardTape } from './forward-tape';
import type { Machine } from './machine';
import { chainsOf, withOwnCalls, type Chain, type OwnCall } from './own-kernels';
import { sameBits } from './trial';
import { stagesOf, type ProgramStage } from './stages';

/** Results by value of the tape. */
type Values = Map<number, RawTensor>;
/** The handle that a reference of the tape stands for. */
type Find = (ref: number) => number;

interface Runnable {
  run(find: Find, values: Values): void;
  free(): void;
}

/** A forward pass that TensorFlow runs in one call, and what it needs of weights in one when they change. */
export class ForwardProgram {
  private readonly ahead: Runnable | undefined;
  private readonly pass: Runnable;
  /** What was computed of weights alone, and of which. */
  private prepared: { readonly of: readonly number[]; readonly values: Values } | undefined;

  /** @throws Error that says what can't be part of a program. */
  constructor(
    private readonly machine: Machine,
    readonly forward: ForwardTape,
  ) {
    const { ahead, pass } = stagesOf(forward);
    this.pass = runnable(machine, pass);
    try {
      this.ahead = ahead && runnable(machine, ahead);
    } catch (error) {
      this.pass.free();
      throw error;
    }
  }

  /**
   * Runs it on handles of the inputs and weights, which stay their owner's; the results are the caller's.
   *
   * @throws TensorFlow's error.
   */
  run(inputs: readonly number[], weights: readonly number[]): RawTensor[] {
    const { sources, results } = this.forward;
    const values: Values = new Map();
    const given: Find = (ref) => {
      const source = sources[slotOf(ref)];
      if (source?.kind === 'constant') return source.index;
      return (source?.kind === 'input' ? inputs : weights)[source?.index ?? -1] ?? -1;
    };
    const prepared = this.prepare(weights, given);
    const find: Find = (ref) => (ref < 0 ? given(ref) : (prepared?.get(ref)?.id ?? -1));
    this.pass.run(find, values);
    return results.map((value) => values.get(value) as RawTensor);
  }

  /** Frees what is kept in TensorFlow. */
  free(): void {
    this.forget();
    this.ahead?.free();
    this.pass.free();
  }

  private prepare(weights: readonly number[], given: Find): Values | undefined {
    if (this.ahead === undefined) return undefined;
    const known = this.prepared;
    if (known?.of.every((id, i) => id === weights[i]) === true) return known.values;
    this.forget();
    const values: Values = new Map();
    this.ahead.run(given, values);
    this.prepared = { of: [...weights], values };
    return values;
  }

  private forget(): void {
    for (const { id } of this.prepared?.values.values() ?? []) this.machine.deleteHandle(id);
    this.prepared = undefined;
  }
}

function runnable(machine: Machine, stage: ProgramStage): Runnable {
  const { takes, gives } = stage;
  const program = fused(machine, stage, machine.compile(stage.tape));
  const refs = program.feeds.map((feed) => {
    if (feed.kind === 'constant') throw new Error('a constant without its numbers');
    return takes[feed.slot] as number;
  });
  const places = gives.map((value) => program.outputValues.indexOf(value));
  return {
    run(find, values) {
      const made = machine.call(program, refs.map(find));
      gives.forEach((value, i) => values.set(value, made[places[i] as number] as RawTensor));
    },
    free: () => {
      machine.release(program);
    },
  };
}

/** The same with kernels of ours, which do several ops at once, where they give the same bits. */
function fused(machine: Machine, stage: ProgramStage, plain: Program): Program {
  if (machine.lanes === 0) return plain;
  const chosen = new Map<Chain, OwnCall>();
  for (const chain of chainsOf(stage, machine.lanes)) {
    const call = sameBits(machine, chain);
    if (call !== undefined) chosen.set(chain, call);
  }
  if (chosen.size === 0) return plain;
  const program = machine.compile(withOwnCalls(stage, chosen).tape, true);
  machine.release(plain);
  return program;
}

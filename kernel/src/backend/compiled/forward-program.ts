import type { RawTensor } from '../binding';
import type { Program } from '../deferred/program';
import { slotOf } from '../deferred/tape';
import type { ForwardTape } from './forward-tape';
import type { Machine } from './machine';
import { chainsOf, withOwnCalls, type Chain, type OwnCall } from './own-kernels';
import { sameBits } from './trial';
import { stagesOf, type ProgramStage, type Stage } from './stages';

/** Results by value of the tape. */
type Values = Map<number, RawTensor>;
/** The handle that a reference of the tape stands for. */
type Find = (ref: number) => number;

interface Runnable {
  run(find: Find, values: Values): void;
  free(): void;
}

/** A forward pass that TensorFlow runs in one call, or in as few as its ops allow. */
export class ForwardProgram {
  private readonly ahead: Runnable | undefined;
  private readonly each: readonly Runnable[];
  /** What was computed of weights alone, and of which. */
  private prepared: { readonly of: readonly number[]; readonly values: Values } | undefined;
  /** Handles of numbers that ops by themselves take. */
  private readonly constants = new Map<number, number>();

  /** @throws Error that says what can't be part of a program. */
  constructor(
    private readonly machine: Machine,
    readonly forward: ForwardTape,
    alone: ReadonlySet<string>,
  ) {
    const { ahead, each } = stagesOf(forward, alone);
    const made: Runnable[] = [];
    try {
      for (const stage of ahead === undefined ? each : [ahead, ...each]) {
        made.push(runnable(machine, stage));
      }
    } catch (error) {
      for (const one of made) one.free();
      throw error;
    }
    this.ahead = ahead === undefined ? undefined : made.shift();
    this.each = made;
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
      return (source?.kind === 'input' ? inputs : weights)[source?.index ?? -1] ?? -1;
    };
    const prepared = this.prepare(weights, given);
    const find: Find = (ref) =>
      ref < 0 ? given(ref) : ((values.get(ref) ?? prepared?.get(ref))?.id ?? this.constant(ref));
    try {
      for (const stage of this.each) stage.run(find, values);
      const made = results.map((value) => values.get(value) as RawTensor);
      for (const value of results) values.delete(value);
      return made;
    } finally {
      for (const { id } of values.values()) this.machine.deleteHandle(id);
    }
  }

  /** Frees what is kept in TensorFlow. */
  free(): void {
    this.forget();
    for (const id of this.constants.values()) this.machine.deleteHandle(id);
    this.constants.clear();
    this.ahead?.free();
    for (const stage of this.each) stage.free();
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

  private constant(value: number): number {
    let id = this.constants.get(value);
    if (id !== undefined) return id;
    const entry = this.forward.tape.entries.find(({ first }) => first === value);
    if (entry?.kind !== 'constant' || entry.data === undefined) throw new Error('no such value');
    id = this.machine.makeConstant(entry.type.shape, entry.type.dtype, entry.data.slice());
    this.constants.set(value, id);
    return id;
  }
}

function runnable(machine: Machine, stage: Stage): Runnable {
  return stage.kind === 'program' ? programRunnable(machine, stage) : opRunnable(machine, stage);
}

function programRunnable(machine: Machine, stage: ProgramStage): Runnable {
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

function opRunnable(machine: Machine, { entry }: Extract<Stage, { kind: 'op' }>): Runnable {
  const { name, attributes, refs, outputs, first } = entry;
  return {
    run(find, values) {
      machine
        .execute(name, attributes, refs.map(find), outputs.length)
        .forEach((made, i) => values.set(first + i, made));
    },
    free: () => undefined,
  };
}

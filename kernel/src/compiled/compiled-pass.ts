import * as tf from '@tensorflow/tfjs';
import type { LayersModel, Tensor, Variable } from '@tensorflow/tfjs';
import type { RawTensor } from '../backend/binding';
import { native } from '../backend/binding';
import { ForwardProgram } from '../backend/compiled/forward-program';
import { countBatches, countRefusal } from '../backend/compiled/predictions';
import {
  forwardTape,
  NoForward,
  sameForward,
  type ForwardTape,
} from '../backend/compiled/forward-tape';
import { ensureShapes } from '../backend/compiled/ensure-shapes';
import { inlineConstants } from '../backend/compiled/inline-constants';
import { reasonOf } from '../backend/deferred/reason';
import type { programMachine } from '../backend/deferred/steps';
import { nativeDtype, tensorFromHandle } from '../backend/raw';
import { isLow } from '../backend/dtypes';
import { kept } from './kept-programs';
import { compareResults } from './shadow';
import { Structure } from './structure';

type Machine = NonNullable<ReturnType<typeof programMachine>>;

/** Of so many calls one runs as JavaScript, and has to do what the program does. */
const CHECKED_EVERY = 512;
/** Recordings that differ from the one before, after which a kind of call is left alone. */
const PATIENCE = 4;
/** Kinds of calls that are known of a model, the last used: where lengths vary there is no end of them. */
const KINDS = 64;

/** A kind of call: inputs of these types, under this policy. */
interface Kind {
  recorded: ForwardTape | undefined;
  program: ForwardProgram | undefined;
  calls: number;
  fruitless: number;
  refused: boolean;
}

interface Example {
  readonly inputs: readonly Tensor[];
  readonly result: readonly Tensor[];
}

/** What is run as programs. */
export interface Subject {
  /** All that may do something else another time; models are followed to their layers. */
  layers(): readonly tf.layers.Layer[];
  weights(): LayersModel['weights'];
  /** Whether other tensors that are taken are constants, which are there until {@link CompiledPass.forget}. */
  readonly takesConstants: boolean;
}

/** The forward pass of a model or graph, as programs. */
export class CompiledPass {
  /** The last used comes last. */
  readonly #kinds = new Map<string, Kind>();
  #structure: Structure | undefined;
  #weights: readonly Variable[] = [];
  /** What tfjs's layers have their weights in. */
  #holders: LayersModel['weights'] = [];
  #refused = false;

  constructor(private readonly subject: Subject) {}

  /** Whether the model may run as a program; looked at once before its batches. */
  ready(): boolean {
    if (this.#refused) return false;
    const holds = this.#structure?.holds() === true && sameWeights(this.#weights, this.#holders);
    if (!holds && !this.#begin()) return false;
    return this.#structure?.isHooked !== true;
  }

  /** Whether such inputs are known to run as JavaScript. */
  refuses(policy: string, inputs: readonly Tensor[]): boolean {
    return this.#kindOf(inputs, policy).refused;
  }

  /** Runs a batch, by `run` where there is no program that does. */
  batch(
    machine: Machine,
    policy: string,
    inputs: readonly Tensor[],
    run: () => readonly Tensor[],
  ): readonly Tensor[] {
    const kind = this.#kindOf(inputs, policy);
    const { program } = kind;
    kind.calls += 1;
    // A kind that comes once isn't worth a recording.
    if (kind.refused || (kind.calls === 1 && !machine.isShadow)) {
      countBatches(1, false);
      return run();
    }
    if (program === undefined || kind.calls % CHECKED_EVERY === 0) {
      countBatches(1, false);
      return this.#record(machine, kind, inputs, run);
    }
    let results: RawTensor[];
    try {
      results = program.run(handlesOf(inputs), handlesOf(this.#weights));
    } catch (error) {
      // What is wrong with the call, its own ops say.
      this.#refuse(kind, reasonOf(error));
      countBatches(1, false);
      return run();
    }
    kept.use(program);
    countBatches(1, true);
    const tensors = results.map(tensorFromHandle);
    if (machine.isShadow) {
      const leave = machine.hold();
      try {
        compareResults(tensors, run);
      } finally {
        leave();
      }
    }
    return tensors;
  }

  /** How many kinds of calls are known. */
  get kinds(): number {
    return this.#kinds.size;
  }

  /** Frees all programs. */
  forget(): void {
    for (const kind of this.#kinds.values()) this.#drop(kind);
    this.#kinds.clear();
    this.#structure = undefined;
  }

  /** Looks at the model anew; false for one that can't be a program. */
  #begin(): boolean {
    this.forget();
    const holders = this.subject.weights();
    const weights = weightsIn(holders);
    if (weights === undefined) return false;
    this.#structure = new Structure(this.subject.layers());
    this.#weights = weights;
    this.#holders = holders;
    const { refusal } = this.#structure;
    if (refusal === undefined) return true;
    this.#refused = true;
    countRefusal(refusal);
    return false;
  }

  #kindOf(inputs: readonly Tensor[], policy: string): Kind {
    const key = [policy, ...inputs.map(typeOf), this.#weights.some(isStoredLow)].join(';');
    const kind = this.#kinds.get(key) ?? {
      recorded: undefined,
      program: undefined,
      calls: 0,
      fruitless: 0,
      refused: false,
    };
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
    if (this.#kinds.size > KINDS) this.#forgetOldest();
    return kind;
  }

  #forgetOldest(): void {
    for (const [key, kind] of this.#kinds) {
      this.#drop(kind);
      this.#kinds.delete(key);
      return;
    }
  }

  #record(
    machine: Machine,
    kind: Kind,
    inputs: readonly Tensor[],
    run: () => readonly Tensor[],
  ): readonly Tensor[] {
    // Before: what tfjs hands to TensorFlow only now is no constant of the model.
    const [ofInputs, ofWeights] = [handlesOf(inputs), handlesOf(this.#weights)];
    const { result, recorder } = machine.trace(run);
    if (recorder === undefined) this.#fail(kind, 'a layer looks at values');
    else {
      try {
        const forward = forwardTape(
          recorder,
          ofInputs,
          ofWeights,
          handlesOf(result),
          this.subject.takesConstants,
        );
        const known = this.#learn(kind, forward);
        if (known || machine.isShadow) this.#compile(machine, kind, forward, { inputs, result });
      } catch (error) {
        if (!(error instanceof NoForward)) throw error;
        this.#fail(kind, error.message);
      }
    }
    return result;
  }

  /** Whether it is the same as the last time. */
  #learn(kind: Kind, forward: ForwardTape): boolean {
    const before = kind.recorded;
    if (before !== undefined && sameForward(before, forward)) return true;
    this.#drop(kind);
    kind.recorded = forward;
    if (before !== undefined) this.#fail(kind, 'it runs other ops each time');
    return false;
  }

  /** A program is one only if it gives the bits that the layers have just given. */
  #compile(machine: Machine, kind: Kind, forward: ForwardTape, { inputs, result }: Example): void {
    if (kind.program !== undefined || kind.refused) return;
    try {
      const whole = this.subject.takesConstants
        ? ensureShapes(inlineConstants(forward, (id) => machine.read(id)))
        : forward;
      const program = new ForwardProgram(machine, whole);
      try {
        const made = program.run(handlesOf(inputs), handlesOf(this.#weights));
        tf.tidy(() => {
          compareResults(made.map(tensorFromHandle), () => result);
        });
      } catch (error) {
        program.free();
        throw error;
      }
      kind.program = program;
      kind.fruitless = 0;
      kept.add(program, this.#weights, () => {
        kind.program = undefined;
      });
    } catch (error) {
      this.#refuse(kind, reasonOf(error));
    }
  }

  #fail(kind: Kind, why: string): void {
    kind.fruitless += 1;
    if (kind.fruitless >= PATIENCE) this.#refuse(kind, why);
  }

  #refuse(kind: Kind, why: string): void {
    this.#drop(kind);
    kind.refused = true;
    countRefusal(why);
  }

  #drop(kind: Kind): void {
    if (kind.program !== undefined) kept.drop(kind.program);
    kind.program = undefined;
    kind.recorded = undefined;
  }
}

const models = new WeakMap<LayersModel, CompiledPass>();

/** The programs of a model. */
export function compiledOf(model: LayersModel): CompiledPass {
  let compiled = models.get(model);
  if (compiled === undefined) {
    compiled = new CompiledPass({
      layers: () => [model],
      weights: () => model.weights,
      takesConstants: false,
    });
    models.set(model, compiled);
  }
  return compiled;
}

/** Weights; undefined where one is gone: of what is wrong then, the layers say more. */
function weightsIn(holders: LayersModel['weights']): Variable[] | undefined {
  try {
    return holders.map((holder) => holder.read() as Variable);
  } catch {
    return undefined;
  }
}

function sameWeights(weights: readonly Variable[], holders: LayersModel['weights']): boolean {
  return weightsIn(holders)?.every((weight, i) => weight === weights[i]) === true;
}

function handlesOf(tensors: readonly Tensor[]): number[] {
  return native().getInputTensorIds(tensors);
}

function typeOf(tensor: Tensor): string {
  return `${nativeDtype(tensor)}:${tensor.dtype}:${tensor.shape.join(',')}`;
}

function isStoredLow(weight: Variable): boolean {
  return isLow(nativeDtype(weight));
}

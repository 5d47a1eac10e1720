import type { RawTensor, TfBinding } from '../binding';
import type { OpAttribute } from '../contract';
import { callerLine } from './caller-line';
import { fallBack } from './fall-back';
import type { FunctionBinding } from './functions';
import { Handles } from './handles';
import { OpList } from './op-list';
import { Pending } from './pending';
import { AS_WRITTEN, buildProgram, type Program } from './program';
import { Programs } from './programs';
import { reasonOf } from './reason';
import { Recorder } from './recorder';
import { replay } from './replay';
import type { Settings } from './settings';
import { compareWithEager, ShadowMismatch } from './shadow';
import { Counter, type StepStatistics } from './statistics';
import type { ConstantData, Tape, TensorType } from './tape';
import { Xla, type Outcome } from './xla';

/**
 * Stands between tfjs and the addon. A segment (what runs from one read of values, or end of a step, to the
 * next) is recorded while it runs; when another has been the same it becomes a program. From then on calls
 * wait as long as each is the program's next, and run all in one when the segment ends. Whatever differs,
 * they run one by one, in their order, and a new recording goes on from there.
 */
export class Deferral {
  private readonly handles: Handles;
  private readonly stateful: ReadonlySet<string>;
  private readonly programs: Programs;
  private readonly counter = new Counter();
  /** Who runs programs, compiled by XLA where that is asked for. */
  readonly xla: Xla;
  /** What the calls of the segment do; undefined between two. */
  private segment: Pending | Recorder | 'unrecorded' | undefined;
  private holds = 0;
  /** True where the segment under way is over at its next call, not before what is deleted until then. */
  private ends = false;
  /** What {@link trace} records. */
  private traced: Recorder | undefined;
  /** Whether the last segment that ended ran as a program. */
  private replayed = false;
  /** Set while all calls belong to one segment: whether XLA is asked for, and the steps in it. */
  private whole: { xla: boolean; steps: number } | undefined;

  constructor(
    readonly native: FunctionBinding,
    private readonly settings: Settings,
  ) {
    const ops = new OpList(native.opList());
    this.stateful = ops.stateful;
    this.handles = new Handles(native, this.stateful);
    this.xla = new Xla(native, ops);
    this.programs = new Programs(native, ops, settings, this.counter, (program) => {
      this.xla.free(program);
    });
  }

  /** The binding as tfjs sees it. */
  binding(): TfBinding {
    const members: { [Name in keyof TfBinding]?: TfBinding[Name] } & Record<string, unknown> = {
      executeOp: (name, attributes, ids, outputs) => this.executeOp(name, attributes, ids, outputs),
      createTensor: (shape, dtype, values) => this.createTensor(shape, dtype, values),
      deleteTensor: (id) => {
        this.deleteTensor(id);
      },
      tensorDataSync: (id) => this.readForCaller(id),
      getNumOfTensors: () => {
        this.settle();
        return this.native.getNumOfTensors() + this.handles.lazyReads;
      },
      runSavedModel: (model: number, ids: readonly number[], ...rest: unknown[]) => {
        this.settle();
        const real = ids.map((id) => this.handles.realOf(id));
        const run = Reflect.get(this.native, 'runSavedModel') as (
          ...args: unknown[]
        ) => RawTensor[];
        return this.handles.noteAll(run.call(this.native, model, real, ...rest));
      },
    };
    const descriptors = Object.entries(members).map(([name, value]) => [name, { value }] as const);
    return Object.create(
      this.native,
      Object.fromEntries(descriptors) as PropertyDescriptorMap,
    ) as TfBinding;
  }

  /** Runs what waits. */
  settle(): void {
    if (this.segment instanceof Pending) this.finish(this.segment, 'it was left in the middle');
    else this.endRecording();
  }

  /** An optimizer has updated its variables, and `tidied` says that all it leaves behind is gone. */
  endOfStep(tidied: boolean): void {
    if (this.whole !== undefined) {
      this.whole.steps += 1;
      return;
    }
    const waited = this.segment instanceof Pending;
    if (tidied) this.settle();
    else this.ends = true;
    this.counter.steps += 1;
    if (waited && (this.replayed || !tidied)) this.counter.asOneProgram += 1;
  }

  /** Runs what is called within as one segment, which an optimizer's step in it doesn't end. */
  together<T>(run: () => T, xla: boolean): T {
    if (this.whole !== undefined) {
      this.whole.xla ||= xla;
      return run();
    }
    this.settle();
    const whole = (this.whole = { xla, steps: 0 });
    try {
      return run();
    } finally {
      const waited = this.segment instanceof Pending;
      try {
        this.settle();
      } finally {
        this.whole = undefined;
        this.counter.steps += whole.steps;
        if (waited && this.replayed) this.counter.asOneProgram += whole.steps;
      }
    }
  }

  /** Runs op by op until what it returns is called: for who wants to see or time each op. */
  hold(): () => void {
    this.settle();
    this.holds += 1;
    let held = true;
    return () => {
      if (held) this.holds -= 1;
      held = false;
    };
  }

  /**
   * Runs `fn` op by op and records its calls apart from all segments. Without a recording where somebody
   * read values in between.
   */
  trace<T>(fn: () => T): { readonly result: T; readonly recorder: Recorder | undefined } {
    this.settle();
    const recorder = new Recorder(this.handles, this.stateful, true);
    this.segment = this.traced = recorder;
    try {
      const result = fn();
      return { result, recorder: this.segment === recorder ? recorder : undefined };
    } finally {
      this.traced = undefined;
      if (this.segment === recorder) this.segment = undefined;
    }
  }

  /** Whether every op is to be run by itself now. */
  get isHeld(): boolean {
    return this.holds > 0;
  }

  /** Makes a program of a tape, which its caller runs and frees. */
  compile(tape: Tape, knowsShapes = false): Program {
    return buildProgram(this.native, this.programs.ops, tape, knowsShapes);
  }

  /** Runs a program that was compiled, after all that waits; returns what it gives. */
  call(program: Program, ids: readonly number[]): RawTensor[] {
    this.settle();
    const real = ids.map((id) => this.handles.realOf(id));
    const made = this.native.runFunction(
      program.functionName,
      AS_WRITTEN,
      real,
      program.outputValues.length,
    );
    return this.handles.noteAll(
      made.map((id, i) => {
        const { shape, dtype } = program.types[program.outputValues[i] ?? -1] as TensorType;
        return { id, shape: shape.slice(), dtype };
      }),
    );
  }

  /** Frees a program that was compiled. */
  release(program: Program): void {
    this.native.removeFunction(program.functionName);
  }

  /** Runs an op by itself, after all that waits. */
  execute(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    outputs: number,
  ): RawTensor[] {
    this.settle();
    return this.handles.execute(name, attributes, ids, outputs);
  }

  read(id: number): ReturnType<TfBinding['tensorDataSync']> {
    return this.handles.read(id);
  }

  /** How many columns kernels of ours for inference take together; 0 where there are none. */
  get lanes(): number {
    return (this.#lanes ??= this.native.registerInferenceOps?.() ?? 0);
  }

  #lanes: number | undefined;

  /** A handle of numbers that are its own. */
  makeConstant(shape: readonly number[], dtype: number, data: ConstantData): number {
    return this.handles.create(shape, dtype, data);
  }

  /** Deletes a handle that was made by one of these. */
  deleteHandle(id: number): void {
    this.handles.delete(id);
  }

  /** Whether each run of a program is compared with its ops one by one. */
  get isShadow(): boolean {
    return this.settings.shadow;
  }

  statistics(): StepStatistics {
    return this.counter.report(this.programs.size);
  }

  /** Frees all programs. */
  forget(): void {
    this.settle();
    this.programs.clear();
  }

  private executeOp(
    name: string,
    attributes: readonly OpAttribute[],
    ids: readonly number[],
    outputs: number,
  ): RawTensor[] {
    let segment = this.current();
    if (segment instanceof Pending) {
      const results = segment.op(name, attributes, ids, outputs);
      if (results !== undefined) return results;
      segment = this.miss(segment, segment.unexpected(name));
    }
    if (segment === 'unrecorded') return this.handles.execute(name, attributes, ids, outputs);
    const noted = segment.op(name, attributes, ids);
    const results = this.handles.execute(name, attributes, ids, outputs);
    noted(results);
    return results;
  }

  private createTensor(shape: readonly number[], dtype: number, values: unknown): number {
    let segment = this.current();
    if (segment instanceof Pending) {
      const id = ArrayBuffer.isView(values)
        ? segment.constant(shape, dtype, values as ConstantData)
        : undefined;
      if (id !== undefined) return id;
      segment = this.miss(segment, segment.unexpected('a constant'));
    }
    const id = this.handles.create(shape, dtype, values);
    if (segment !== 'unrecorded') segment.constant(id, shape, dtype, values);
    return id;
  }

  private deleteTensor(id: number): void {
    const { segment } = this;
    if (segment instanceof Pending) {
      segment.delete(id);
      return;
    }
    if (segment instanceof Recorder) segment.delete(id);
    this.handles.delete(id);
  }

  /** Reads of what was there before, or came from JavaScript, end no segment: tfjs looks at indices so. */
  private readForCaller(id: number): ReturnType<TfBinding['tensorDataSync']> {
    if (this.ends || this.segment === 'unrecorded') this.settle();
    const { segment } = this;
    if (segment instanceof Pending && segment.made(id)) {
      const numbers = segment.numbersOf(id);
      if (numbers !== undefined) return numbers;
      this.settle();
    } else if (segment instanceof Recorder && segment.computed(id)) this.settle();
    return this.handles.read(id);
  }

  /** The segment that a call belongs to. */
  private current(): Pending | Recorder | 'unrecorded' {
    if (this.ends) this.settle();
    return (this.segment ??= this.begin());
  }

  private begin(): Pending | Recorder | 'unrecorded' {
    if (this.holds > 0 || this.handles.exhausted) return 'unrecorded';
    const programs = this.programs.all;
    if (programs.length > 0) return new Pending(this.handles, this.stateful, programs);
    return this.recorder();
  }

  private recorder(): Recorder | 'unrecorded' {
    return this.programs.wantsRecording()
      ? new Recorder(this.handles, this.stateful)
      : 'unrecorded';
  }

  /** Something else was called than what the programs have next. */
  private miss(pending: Pending, why: string): Recorder | 'unrecorded' {
    this.noteMiss(pending, why);
    const next = this.recorder();
    // Before the calls run: should one fail, they are not to run again.
    this.segment = next;
    if (pending.calls.length > 0) this.runAlone(pending, next);
    return next;
  }

  private finish(pending: Pending, why: string): void {
    this.ends = false;
    this.segment = undefined;
    this.replayed = false;
    if (pending.calls.length === 0) return;
    const program = pending.complete();
    if (program === undefined) {
      this.noteMiss(pending, why);
      const recorder = this.recorder();
      this.runAlone(pending, recorder);
      if (recorder !== 'unrecorded') this.offer(recorder);
    } else this.run(pending, program);
  }

  private run(pending: Pending, program: Program): void {
    try {
      const now = this.whole?.xla ?? false;
      const run = (inputs: readonly number[]): Outcome => this.xla.run(program, inputs, now);
      if (this.settings.shadow) compareWithEager(this.native, this.handles, pending, program, run);
      replay(this.native, this.handles, pending, program, (inputs) => run(inputs).ids);
    } catch (error) {
      if (error instanceof ShadowMismatch) throw error;
      this.counter.miss('TensorFlow refused the program');
      this.programs.giveUp(program, reasonOf(error));
      this.runAlone(pending, 'unrecorded');
      return;
    }
    this.counter.replays += 1;
    this.replayed = true;
    this.programs.noteReplay(program);
  }

  private runAlone(pending: Pending, recorder: Recorder | 'unrecorded'): void {
    fallBack(this.handles, pending, recorder === 'unrecorded' ? undefined : recorder);
  }

  private endRecording(): void {
    const { segment } = this;
    this.ends = false;
    this.segment = undefined;
    if (segment === undefined) return;
    if (segment instanceof Recorder && segment !== this.traced) this.offer(segment);
  }

  private offer(recorder: Recorder): void {
    const tape = recorder.tape();
    if (tape !== undefined) this.programs.offer(tape);
    else if (recorder.refusal !== undefined) this.counter.refuse(recorder.refusal);
  }

  private noteMiss(pending: Pending, why: string): void {
    const { nearest } = pending;
    // Fewer calls than a program has are the beginning of something else.
    if (pending.length < this.settings.shortest || nearest === undefined) return;
    const place = callerLine();
    this.counter.miss(place === undefined ? why : `${why}, ${place}`);
    this.programs.noteMiss(nearest);
  }
}

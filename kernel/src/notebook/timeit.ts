import { waitForDevice } from '../energy/device-wait';
import { HalfnoteError } from '../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { duration } from './timing';
import type { EngineInternals } from '../patches/engine-internals';
import { loadedEngine } from '../patches/loaded-engine';

export interface TimeItOptions {
  /** Loops per run; by default as many powers of ten as take 0.2 s. */
  readonly loops?: number;
  /** Runs; by default 7. */
  readonly repeats?: number;
}

/** Loops are added until a run takes this long. */
const ENOUGH_S = 0.2;
const MAX_LOOPS = 1e9;

/** The times of a statement. All in seconds per loop. */
export class Timing implements Displayable {
  readonly meanS: number;
  /** Standard deviation of the runs (with n - 1); 0 for one run. */
  readonly deviationS: number;
  readonly bestS: number;

  constructor(
    /** Mean time per loop of each run. */
    readonly runsS: readonly number[],
    readonly loops: number,
  ) {
    const n = runsS.length;
    this.meanS = runsS.reduce((sum, run) => sum + run, 0) / n;
    const squares = runsS.reduce((sum, run) => sum + (run - this.meanS) ** 2, 0);
    this.deviationS = n < 2 ? 0 : Math.sqrt(squares / (n - 1));
    this.bestS = Math.min(...runsS);
  }

  toString(): string {
    const [mean, deviation, best] = [this.meanS, this.deviationS, this.bestS].map(duration);
    const runs = `${this.runsS.length} run${this.runsS.length === 1 ? '' : 's'}`;
    const loops = `${this.loops.toLocaleString('en')} loop${this.loops === 1 ? '' : 's'} each`;
    return `${mean ?? ''} ± ${deviation ?? ''} per loop (mean ± sd of ${runs}, ${loops}); best ${best ?? ''}`;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return { 'text/plain': this.toString() };
  }
}

/**
 * Times `statement`. If it returns promises, each is awaited before the next loop. Otherwise tfjs
 * tensors that it makes are disposed of after each loop, as by `tf.tidy`.
 */
export async function timeIt(
  statement: () => unknown,
  { loops, repeats = 7 }: TimeItOptions = {},
): Promise<Timing> {
  requireCount('loops', loops);
  requireCount('repeats', repeats);
  // The first call says what kind it is, and warms it up.
  const run = await runnerOf(statement);
  let count = loops ?? 1;
  if (loops === undefined) {
    while (count < MAX_LOOPS && (await run(count)) < ENOUGH_S) count *= 10;
  }
  const runs: number[] = [];
  for (let i = 0; i < repeats; i++) {
    runs.push((await run(count)) / count);
    // Between runs, an interrupt and outputs get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return new Timing(runs, count);
}

/** Seconds that so many loops take. */
type Runner = (loops: number) => number | Promise<number>;

async function runnerOf(statement: () => unknown): Promise<Runner> {
  const engine = loadedEngine();
  const before = engine?.state.numTensors ?? 0;
  const first = scoped(engine, statement);
  if (isPromise(first.value)) {
    await first.value;
    return (loops) => timeAsync(statement, loops);
  }
  // tfjs may have come with the statement; a scope costs time, so only where tensors are made.
  const makesTensors = first.tensors > before || (!engine && loadedEngine() !== undefined);
  const used = makesTensors ? loadedEngine() : undefined;
  return (loops) => timeSync(statement, loops, used);
}

function scoped(
  engine: EngineInternals | undefined,
  statement: () => unknown,
): { readonly value: unknown; readonly tensors: number } {
  if (!engine) return { value: statement(), tensors: 0 };
  engine.startScope('timeit');
  try {
    const value = statement();
    return { value, tensors: engine.state.numTensors };
  } finally {
    engine.endScope();
  }
}

function timeSync(
  statement: () => unknown,
  loops: number,
  engine: EngineInternals | undefined,
): number {
  const start = startTime();
  if (engine) {
    for (let i = 0; i < loops; i++) scoped(engine, statement);
  } else {
    for (let i = 0; i < loops; i++) statement();
  }
  return secondsSince(start);
}

async function timeAsync(statement: () => unknown, loops: number): Promise<number> {
  const start = startTime();
  for (let i = 0; i < loops; i++) await statement();
  return secondsSince(start);
}

/** What was asked for before is done. */
function startTime(): bigint {
  waitForDevice();
  return process.hrtime.bigint();
}

function secondsSince(start: bigint): number {
  waitForDevice();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

function requireCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new HalfnoteError(
    'invalid-argument',
    `${name} is ${value}, allowed are integers from 1 on`,
  );
}

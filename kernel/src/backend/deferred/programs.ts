import { failsTooLate } from './fallible-ops';
import type { FunctionBinding } from './functions';
import type { OpList } from './op-list';
import { buildProgram, type Program } from './program';
import { reasonOf } from './reason';
import type { Settings } from './settings';
import type { Counter } from './statistics';
import { common, covers, sameStructure, type Tape } from './tape';

/** Programs and tapes that are kept, the last used. */
const KEPT = 16;
/** Recordings in a row without a program, after which some segments go unrecorded. */
const PATIENCE = 16;
const LONGEST_REST = 64;
/** A replay saves several times what a miss costs; a program with no points left is given up. */
const FIRST_SCORE = 16;
const BEST_SCORE = 64;
const REPLAY_EARNS = 4;
const MISS_COSTS = 1;

interface Known {
  program: Program;
  score: number;
}

/** The programs there are, and the tapes that may become some. */
export class Programs {
  private known: Known[] = [];
  private recent: Tape[] = [];
  private refused: Tape[] = [];
  private fruitless = 0;
  private rest = 0;

  constructor(
    private readonly binding: FunctionBinding,
    readonly ops: OpList,
    private readonly settings: Settings,
    private readonly counter: Counter,
    /** Told of each program that is no more. */
    private readonly onFree: (program: Program) => void,
  ) {}

  /** The last used first. */
  get all(): readonly Program[] {
    return this.known.map(({ program }) => program);
  }

  get size(): number {
    return this.known.length;
  }

  /** Whether the next segment is worth recording. */
  wantsRecording(): boolean {
    if (this.rest === 0) return true;
    this.rest -= 1;
    return false;
  }

  /** A segment was recorded to its end: learns from it. */
  offer(tape: Tape): void {
    if (tape.entries.length < this.settings.shortest) return;
    if (this.refused.some((one) => sameStructure(one, tape))) return;
    const known = this.known.find(({ program }) => sameStructure(program.tape, tape));
    const earlier = this.recent.findIndex((one) => sameStructure(one, tape));
    if (known !== undefined) this.generalize(known, tape);
    else if (earlier >= 0 || this.settings.recordings === 1) {
      const [other = withOpenFloats(tape)] = earlier >= 0 ? this.recent.splice(earlier, 1) : [];
      this.add(common(other, tape));
    } else {
      this.recent = [tape, ...this.recent].slice(0, KEPT);
      this.noteFruitless();
    }
  }

  noteReplay(program: Program): void {
    const at = this.known.findIndex((one) => one.program === program);
    const [known] = this.known.splice(at, 1);
    if (known === undefined) return;
    known.score = Math.min(BEST_SCORE, known.score + REPLAY_EARNS);
    this.known.unshift(known);
  }

  noteMiss(program: Program): void {
    const known = this.known.find((one) => one.program === program);
    if (known === undefined) return;
    known.score -= MISS_COSTS;
    if (known.score > 0) return;
    this.remove(known);
    this.refuse(program.tape, 'misses too often');
  }

  /** A program that TensorFlow can't run. */
  giveUp(program: Program, why: string): void {
    const known = this.known.find((one) => one.program === program);
    if (known !== undefined) this.remove(known);
    this.refuse(program.tape, why);
  }

  /** Frees all programs. */
  clear(): void {
    for (const known of [...this.known]) this.remove(known);
    this.recent = [];
    this.refused = [];
  }

  /** A tape as a program has it, but for a constant or a death: the program takes those too from now on. */
  private generalize(known: Known, tape: Tape): void {
    if (covers(known.program.tape, tape)) return;
    const program = this.build(common(known.program.tape, tape));
    if (program === undefined) return;
    this.free(known.program);
    known.program = program;
  }

  private add(tape: Tape): void {
    const late = failsTooLate(tape);
    if (late !== undefined) {
      this.refuse(tape, `${late} may fail`);
      return;
    }
    const program = this.build(tape);
    if (program === undefined) return;
    this.fruitless = 0;
    this.known.unshift({ program, score: FIRST_SCORE });
    for (const old of this.known.slice(KEPT)) this.remove(old);
  }

  private build(tape: Tape): Program | undefined {
    try {
      return buildProgram(this.binding, this.ops, tape);
    } catch (error) {
      this.refuse(tape, reasonOf(error));
      return undefined;
    }
  }

  private refuse(tape: Tape, why: string): void {
    this.counter.refuse(why);
    this.refused = [tape, ...this.refused].slice(0, KEPT);
    this.noteFruitless();
  }

  private remove(known: Known): void {
    this.known = this.known.filter((one) => one !== known);
    this.free(known.program);
  }

  private free(program: Program): void {
    this.onFree(program);
    this.binding.removeFunction(program.functionName);
  }

  private noteFruitless(): void {
    this.fruitless += 1;
    if (this.settings.recordings === 1 || this.fruitless < PATIENCE) return;
    this.rest = Math.min(LONGEST_REST, 2 ** (this.fruitless - PATIENCE));
  }
}

/** Without a second recording: numbers are taken to vary, sizes and axes not to. */
function withOpenFloats(tape: Tape): Tape {
  return {
    ...tape,
    entries: tape.entries.map((entry) =>
      entry.kind === 'constant' && entry.data instanceof Float32Array
        ? { ...entry, varies: true }
        : entry,
    ),
  };
}

import type { Variable } from '@tensorflow/tfjs';
import type { ForwardProgram } from '../backend/compiled/forward-program';

/** Programs that are kept, the last used. */
const KEPT = 64;

interface Known {
  readonly weights: readonly Variable[];
  readonly onDrop: () => void;
}

/** The programs of all models: the last used ones are kept, as long as their weights are there. */
class KeptPrograms {
  /** The last used comes last. */
  readonly #known = new Map<ForwardProgram, Known>();
  readonly #users = new WeakMap<Variable, Set<ForwardProgram>>();

  /** Keeps a program; `onDrop` is called when it is freed. */
  add(program: ForwardProgram, weights: readonly Variable[], onDrop: () => void): void {
    this.#known.set(program, { weights, onDrop });
    for (const weight of weights) {
      const users = this.#users.get(weight);
      if (users === undefined) this.#users.set(weight, new Set([program]));
      else users.add(program);
    }
    for (const old of [...this.#known.keys()].slice(0, -KEPT)) this.drop(old);
  }

  use(program: ForwardProgram): void {
    const known = this.#known.get(program);
    if (known === undefined) return;
    this.#known.delete(program);
    this.#known.set(program, known);
  }

  drop(program: ForwardProgram): void {
    const known = this.#known.get(program);
    if (known === undefined) return;
    this.#known.delete(program);
    for (const weight of known.weights) this.#users.get(weight)?.delete(program);
    known.onDrop();
    program.free();
  }

  /** A weight is about to go. */
  dropUsersOf(weight: Variable): void {
    for (const program of [...(this.#users.get(weight) ?? [])]) this.drop(program);
  }

  clear(): void {
    for (const program of [...this.#known.keys()]) this.drop(program);
  }

  get size(): number {
    return this.#known.size;
  }
}

export const kept = new KeptPrograms();

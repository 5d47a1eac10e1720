import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { firstLine } from '../errors';
import { isInterrupt } from '../host';
import { fastest } from './measure';
import type { Choice, NodeReport } from './report';
import type { Runner } from './runner';

/** Engines whose results are further apart than this, by root mean square, don't do the same. */
const TOLERANCE = 0.05;

/**
 * Two engines for one graph: whichever is faster for a batch size runs it, found on the first batch
 * of that size. The second engine is made when it is first to be timed, and given up where its
 * results are not the first one's.
 */
export class ChoosingRunner implements Runner {
  readonly #winners = new Map<string, 'first' | 'second'>();
  readonly #choices: Choice[] = [];
  #second: Runner | undefined;
  #current: Runner;
  #refused: string | undefined;

  constructor(
    private readonly first: Runner,
    private readonly makeSecond: () => Runner,
  ) {
    this.#current = first;
  }

  /** Of the batch that ran last. */
  get engine(): Runner['engine'] {
    return this.#current.engine;
  }
  get kernel(): string {
    return this.#current.kernel;
  }
  get nodes(): readonly NodeReport[] {
    return this.#current.nodes;
  }
  get weightBytes(): number {
    return this.#current.weightBytes;
  }
  get choices(): readonly Choice[] {
    return this.#choices;
  }
  /** Why the second engine is out of the question, once that is known. */
  get refused(): string | undefined {
    return this.#refused;
  }

  predict(inputs: readonly Tensor[]): Tensor[] {
    const key = inputs.map(({ shape }) => shape.join('x')).join();
    const winner = this.#winners.get(key) ?? this.#measure(key, inputs);
    this.#current = winner === 'second' ? (this.#second ?? this.first) : this.first;
    return this.#current.predict(inputs);
  }

  #measure(key: string, inputs: readonly Tensor[]): 'first' | 'second' {
    const second = this.#usable(inputs);
    if (second === undefined) {
      this.#winners.set(key, 'first');
      return 'first';
    }
    const contenders = [this.first, second].map((runner) => ({
      engine: runner.engine,
      kernel: runner.kernel,
      runner,
      run: () => runner.predict(inputs),
    })) as [Contender, Contender];
    const batch = inputs[0]?.shape[0] ?? 0;
    const release = (outputs: Tensor[]): void => {
      tf.dispose(outputs);
    };
    // Comparing their results has warmed both up.
    const { winner, choice } = fastest(contenders, batch, release, true);
    const name = winner.runner === second ? 'second' : 'first';
    this.#choices.push(choice);
    this.#winners.set(key, name);
    // No batch size uses it: its copy of the weights is not worth keeping.
    if (![...this.#winners.values()].includes('second')) this.#giveUp();
    return name;
  }

  /** The second engine, if there is one and it agrees with the first on these inputs. */
  #usable(inputs: readonly Tensor[]): Runner | undefined {
    if (this.#refused !== undefined) return undefined;
    try {
      this.#second ??= this.makeSecond();
      const distance = distanceOf(this.first.predict(inputs), this.#second.predict(inputs));
      if (distance <= TOLERANCE) return this.#second;
      this.#refused = `its results are ${(100 * distance).toFixed(1)}% off`;
    } catch (error) {
      if (isInterrupt(error)) throw error;
      this.#refused = firstLine(error);
    }
    this.#giveUp();
    return undefined;
  }

  #giveUp(): void {
    this.#second?.dispose();
    this.#second = undefined;
  }

  dispose(): void {
    this.first.dispose();
    this.#giveUp();
  }
}

interface Contender {
  readonly engine: Runner['engine'];
  readonly kernel: string;
  readonly runner: Runner;
  run(): Tensor[];
}

/** Root mean square of the difference over that of the values, of all outputs; disposes of both. */
function distanceOf(a: readonly Tensor[], b: readonly Tensor[]): number {
  let error = 0;
  let signal = 0;
  a.forEach((tensor, i) => {
    const [left, right] = [tensor.dataSync(), b[i]?.dataSync() ?? []];
    left.forEach((value, j) => {
      error += (value - (right[j] ?? NaN)) ** 2;
      signal += value ** 2;
    });
  });
  tf.dispose([...a, ...b]);
  if (error === 0) return 0;
  return Math.sqrt(error / signal);
}

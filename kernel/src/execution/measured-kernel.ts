import * as tf from '@tensorflow/tfjs';
import { deleteHandles } from '../backend/raw';
import { type NodeKernel } from './kernel';
import { fastest } from './measure';
import type { Choice } from './report';
import type { Result, Value } from './value';

/** Several kernels for one node: the fastest for a size runs it, found on the first input of that size. */
export class MeasuredKernel implements NodeKernel {
  readonly #fastest = new Map<string, NodeKernel>();
  readonly #choices: Choice[] = [];
  #current: NodeKernel;

  constructor(private readonly kernels: readonly [NodeKernel, ...NodeKernel[]]) {
    [this.#current] = kernels;
  }

  /** All that follows is of the kernel that ran last. */
  get engine(): NodeKernel['engine'] {
    return this.#current.engine;
  }
  get kernel(): string {
    return this.#current.kernel;
  }
  get execution(): NodeKernel['execution'] {
    return this.#current.execution;
  }
  get reason(): string {
    return this.#current.reason;
  }
  get weightBytes(): number {
    return this.#current.weightBytes;
  }
  get choices(): readonly Choice[] {
    return this.#choices;
  }

  run(inputs: readonly Value[]): Result | readonly Result[] {
    const shapes = inputs.map(({ shape }) => shape);
    const key = shapes.map((shape) => shape.join('x')).join();
    this.#current = this.#fastest.get(key) ?? this.#measure(key, inputs, shapes[0]?.[0] ?? 0);
    return this.#current.run(inputs);
  }

  remember(): () => void {
    const ran = this.#current;
    return () => {
      this.#current = ran;
    };
  }

  #measure(key: string, inputs: readonly Value[], batch: number): NodeKernel {
    const [first, ...others] = this.kernels.map((node) => ({
      engine: node.engine,
      kernel: node.kernel,
      node,
      run: () => node.run(inputs),
    }));
    if (first === undefined) throw new TypeError('a node without a kernel');
    const { winner, choice } = fastest([first, ...others], batch, release);
    this.#choices.push(choice);
    this.#fastest.set(key, winner.node);
    return winner.node;
  }

  dispose(): void {
    for (const kernel of this.kernels) kernel.dispose();
  }
}

function release(results: Result | readonly Result[]): void {
  const all: readonly Result[] = [results].flat();
  for (const result of all) {
    if (result.kind === 'codes') deleteHandles(result.codes.id);
    else tf.dispose(result.tensor);
  }
}

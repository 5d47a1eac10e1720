import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { host } from '../host';

interface TapeNode {
  readonly saved?: readonly Tensor[] | null;
}

/** The parts of tfjs's engine that an interrupt touches and that aren't in its types. */
interface EngineInternals {
  readonly state: {
    readonly kernelDepth: number;
    readonly gradientDepth: number;
    activeTape?: TapeNode[] | null;
  };
  runKernel(name: string, inputs: unknown, attributes: unknown): unknown;
  gradients(...args: unknown[]): unknown;
}

let installed = false;

/**
 * Lets an interrupt stop the program between two ops: before the op, so that nothing of it is left
 * behind, and only outside of composed kernels, which would leave their intermediate tensors. A
 * gradient that ends in an error, an interrupt or any other, frees what its tape had saved.
 */
export function installInterruptCheck(): void {
  if (installed) return;
  installed = true;
  const engine = internals();
  const runKernel = engine.runKernel.bind(engine);
  engine.runKernel = (name, inputs, attributes) => {
    if (engine.state.kernelDepth === 0) host()?.throwIfInterrupted();
    return runKernel(name, inputs, attributes);
  };
  const gradients = engine.gradients.bind(engine);
  engine.gradients = (...args) => {
    try {
      return gradients(...args);
    } catch (error) {
      if (engine.state.gradientDepth === 0) dropTape(engine);
      throw error;
    }
  };
}

function dropTape(engine: EngineInternals): void {
  for (const { saved } of engine.state.activeTape ?? []) {
    for (const tensor of saved ?? []) if (!tensor.isDisposed) tensor.dispose();
  }
  engine.state.activeTape = null;
}

function internals(): EngineInternals {
  return tf.engine();
}

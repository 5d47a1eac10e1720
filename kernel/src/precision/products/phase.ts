import type { Tensor } from '@tensorflow/tfjs';
import { engine } from '../../patches/engine-internals';

type Phase = 'forward' | 'backward';

/** The gradient computations that are going on, innermost last. */
const phases: Phase[] = [];
let installed = false;

/** Lets {@link inBackwardPass} know when tfjs has gone through the function and goes back. Idempotent. */
export function watchPasses(): void {
  if (installed) return;
  installed = true;
  const internals = engine();
  const gradients = internals.gradients.bind(internals);
  internals.gradients = (f, ...rest) => {
    const depth = phases.push('forward') - 1;
    const forward = (): Tensor => {
      const value = f();
      phases[depth] = 'backward';
      return value;
    };
    try {
      return gradients(forward, ...rest);
    } finally {
      phases.length = depth;
    }
  };
}

/** True while gradients go back through what ran: an operand that the forward pass didn't see is one. */
export function inBackwardPass(): boolean {
  return phases.at(-1) === 'backward';
}

import type { Tensor } from '@tensorflow/tfjs';
import { setGradientStage } from '../../patches/gradients';

type Phase = 'forward' | 'backward';

/** The gradient computations that are going on, innermost last. */
const phases: Phase[] = [];

/** Lets {@link inBackwardPass} know when tfjs has gone through the function and goes back. */
export function watchPasses(): void {
  setGradientStage('passes', (gradients, f, ...rest) => {
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
  });
}

/** True while gradients go back through what ran: an operand that the forward pass didn't see is one. */
export function inBackwardPass(): boolean {
  return phases.at(-1) === 'backward';
}

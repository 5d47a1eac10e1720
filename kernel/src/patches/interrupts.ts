import { host } from '../host';
import { engine } from './engine-internals';
import { observed } from './kernel-calls';
import { methodPatch, type Patch } from './patch';

/**
 * Lets an interrupt stop the program between two ops: before the op, so that nothing of it is left
 * behind, and only outside of composed kernels, which would leave their intermediate tensors.
 */
export const interrupts: Patch = methodPatch(
  {
    target: 'engine',
    member: 'runKernel',
    why: 'An interrupt stops the program between two ops; products are counted as they run.',
  },
  engine,
  (original) => {
    const internals = engine();
    const runKernel = original.bind(internals);
    return (...args: [string, unknown, unknown?]) => {
      if (internals.state.kernelDepth === 0) host()?.throwIfInterrupted();
      return observed(args, () => runKernel(...args));
    };
  },
);

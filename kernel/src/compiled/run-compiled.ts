import type { Tensor } from '@tensorflow/tfjs';
import { countBatches } from '../backend/compiled/predictions';
import { programMachine } from '../backend/deferred/steps';
import { host } from '../host';
import type { CompiledPass } from './compiled-pass';
import { policyKey } from './policy-key';

/** Runs a pass as one program where one does the same, else by `run`. The results are the caller's. */
export function runCompiled(
  pass: CompiledPass,
  inputs: readonly Tensor[],
  run: () => readonly Tensor[],
): readonly Tensor[] {
  const machine = programMachine();
  const policy = policyKey();
  if (machine === undefined || policy === undefined) return run();
  if (!pass.ready()) {
    countBatches(1, false);
    return run();
  }
  host()?.throwIfInterrupted();
  return pass.batch(machine, policy, inputs, run);
}

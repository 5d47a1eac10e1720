import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { countBatches } from '../backend/compiled/predictions';
import { programMachine } from '../backend/deferred/steps';
import { host } from '../host';
import { checkModel } from '../precision/policies/check';
import { regime } from '../precision/session';
import { compiledOf, type CompiledPass } from './compiled-pass';
import { policyKey } from './policy-key';

/** Runs a batch of a pass under a key of its kind, by `run` where there is no program that does. */
export type RunBatch = (
  kind: string,
  inputs: readonly Tensor[],
  run: () => readonly Tensor[],
) => readonly Tensor[];

/** A pass that may run as programs now, under the policy that holds. */
export interface Ready {
  readonly pass: CompiledPass;
  readonly policy: string;
  readonly runBatch: RunBatch;
}

/** Undefined where its `batches` have to run as JavaScript; they are counted where only the pass is why. */
function readyPass(passOf: () => CompiledPass, batches: number): Ready | undefined {
  const machine = programMachine();
  const policy = policyKey();
  if (machine === undefined || policy === undefined) return undefined;
  const pass = passOf();
  if (!pass.ready()) {
    countBatches(batches, false);
    return undefined;
  }
  return {
    pass,
    policy,
    runBatch: (kind, inputs, run) => {
      host()?.throwIfInterrupted();
      return pass.batch(machine, kind, inputs, run);
    },
  };
}

/**
 * The same of a model, whose rules for layers are checked as its layers would.
 *
 * @throws HalfnoteError `unknown-layer` for a rule that names none.
 */
export function readyModel(model: LayersModel, batches: number): Ready | undefined {
  const ready = readyPass(() => compiledOf(model), batches);
  if (ready !== undefined) checkModel(model, regime().policy, regime().keep);
  return ready;
}

/** Runs a pass as one program where one does the same, else by `run`. The results are the caller's. */
export function runCompiled(
  pass: CompiledPass,
  inputs: readonly Tensor[],
  run: () => readonly Tensor[],
): readonly Tensor[] {
  const ready = readyPass(() => pass, 1);
  return ready === undefined ? run() : ready.runBatch(ready.policy, inputs, run);
}

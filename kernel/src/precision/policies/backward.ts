import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs';
import type { CastPlanner } from '../../backend/contract';
import { hasNativeBackend } from '../../backend/load';
import { castPlanner, setCastPlanner } from '../../backend/planner';
import { castTo, storageFormat } from '../../backend/storage';
import { gradientOf } from '../../patches/patch';
import type { GradientRule, TapedOp } from '../../patches/tape';
import { castRule } from '../autocast-table';
import { returnToPlace } from '../session';

type Run = GradientRule['run'];

const inPlace: Run = (fn) => fn();

/**
 * How the gradient of an op that runs now is computed: where it ran, and in the format in which it ran.
 * tfjs composes a gradient of ops that each go by the table: of an op that ran in fp32, what is made of
 * 16-bit inputs alone would be in 16 bits. And the gradient of a tensor in fp32 is one in fp32, as
 * PyTorch's is: those of all its uses are added up.
 */
export function backwardRule({ name, inputs, outputs }: TapedOp): GradientRule | undefined {
  const there = returnToPlace();
  const lowers = castPlanner() !== undefined && hasNativeBackend();
  if (there === undefined && !lowers) return undefined;
  const run = there ?? inPlace;
  if (!lowers) return { run, received: (_input, gradient) => gradient };
  const ranWide = gradientOf(name) !== undefined && outputs.every(isWide);
  const wide = wideInputs(inputs);
  return {
    run: ranWide ? (fn) => run(() => promoted(fn)) : run,
    received: (input, gradient) =>
      wide.has(input) && !isWide(gradient) ? castTo(gradient, 'fp32') : gradient,
  };
}

function isWide(tensor: Tensor): boolean {
  return storageFormat(tensor) === 'fp32';
}

/** Named now: later the inputs may be gone. */
function wideInputs(inputs: NamedTensorMap): ReadonlySet<string> {
  return new Set(Object.keys(inputs).filter((name) => isWide(inputs[name] as Tensor)));
}

/** Runs what promotes in fp32, whatever is promoted. */
function promoted<T>(fn: () => T): T {
  const before = castPlanner();
  if (before === undefined) return fn();
  setCastPlanner(promotingToFp32(before));
  try {
    return fn();
  } finally {
    setCastPlanner(before);
  }
}

const promoting = new WeakMap<CastPlanner, CastPlanner>();

function promotingToFp32(planner: CastPlanner): CastPlanner {
  let made = promoting.get(planner);
  if (made === undefined) {
    made = (op, inputs) => (castRule(op) === 'promote' ? 'fp32' : planner(op, inputs));
    promoting.set(planner, made);
  }
  return made;
}

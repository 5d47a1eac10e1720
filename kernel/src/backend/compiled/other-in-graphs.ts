import { readProcessor } from '../isa';
import { oneDnnByDefault } from '../onednn-kernels';

/** Where oneDNN is on for all ops, its pass over graphs puts its own kernel in their place, with other bits. */
const REWRITTEN: ReadonlySet<string> = new Set(['Softmax']);
const NONE: ReadonlySet<string> = new Set();

let known: ReadonlySet<string> | undefined;

/** Ops that TensorFlow runs on another kernel in a graph than by themselves, on this machine. */
export function otherInGraphs(): ReadonlySet<string> {
  known ??= isOneDnnOn() ? REWRITTEN : NONE;
  return known;
}

function isOneDnnOn(): boolean {
  const setting = process.env['TF_ENABLE_ONEDNN_OPTS'];
  return setting === undefined ? oneDnnByDefault(readProcessor().isa) : setting !== '0';
}

import { setFlagsFromString } from 'node:v8';

/** Whoever starts Node.js so has decided for itself. */
const DECIDED = /--(?:no[-_]opt|no[-_]turbofan|jitless|max[-_]lazy)\b/;

/** Pieces of work within each other. */
let depth = 0;

/**
 * What `work` returns, while V8 optimizes no function of this process: code that is run through once,
 * as to load TypeScript and to make a first program, else takes as much CPU time to optimize as to run.
 * It goes on to be optimized as far as it is used later.
 */
export function withoutOptimizing<T>(work: () => T): T {
  const isOurs = !DECIDED.test([...process.execArgv, process.env.NODE_OPTIONS].join(' '));
  if (!isOurs) return work();
  if (depth++ === 0) setFlagsFromString('--no-opt');
  try {
    return work();
  } finally {
    if (--depth === 0) setFlagsFromString('--opt');
  }
}

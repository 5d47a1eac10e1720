import type { Death } from './cell-process';
import type { CellError } from './contract';

/** The name of the error that tells of it. */
export const DIED = 'CellProcessDied';

/** What the user is told when the process that ran a cell ended: why, and what is lost. */
export function deathError(death: Death): CellError {
  const evalue = `The cell process ${howItEnded(death)}. All variables are lost; the next cell starts in a fresh process.`;
  const hint = hintFor(death);
  return {
    ename: DIED,
    evalue,
    traceback: [`${DIED}: ${evalue}`, ...(hint === undefined ? [] : [hint])],
  };
}

function howItEnded({ code, signal, isAsked }: Death): string {
  if (isAsked) return `ended with exit code ${code ?? 'unknown'}, since process.exit was called`;
  return signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`;
}

/** What the system sends for what only native code does. */
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE']);

function hintFor({ code, signal, lastWords, isAsked }: Death): string | undefined {
  if (isAsked) return undefined;
  if (
    lastWords.includes('heap out of memory') ||
    lastWords.includes('invalid array length Allocation failed')
  ) {
    return 'JavaScript ran out of memory: dispose of what is not needed, or start Jupyter with NODE_OPTIONS=--max-old-space-size=<MB>.';
  }
  if (signal === 'SIGKILL') {
    return 'Something ended it from outside; often the system does when memory runs out.';
  }
  if (signal !== null) {
    return CRASHES.has(signal) ? 'Native code (TensorFlow or another addon) crashed.' : undefined;
  }
  return code === null ? undefined : 'Node.js gave up.';
}

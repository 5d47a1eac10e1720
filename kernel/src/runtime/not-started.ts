import type { CellError } from './contract';

/** An interrupt came while the cell waited, was type-checked, or while its process started. */
export function interruptedError(): CellError {
  return interruption('The cell was interrupted before it started.');
}

/** An interrupt came while the cell was in native code, which nothing can stop half-way. */
export function stuckError(): CellError {
  return interruption(
    'The cell was interrupted in native code, which ends in its own time: the next cell waits for that, ' +
      'and to interrupt that one ends the process and loses all variables.',
  );
}

/** An interrupt came while the cell waited for such native code, whose process was ended for it. */
export function endedError(): CellError {
  return interruption(
    'The cell was interrupted before it started, and the native code that it waited for was ended with its process. ' +
      'All variables are lost; the next cell starts in a fresh process.',
  );
}

/** TypeScript itself failed: the cell did not run, and the next one can be tried. */
export function languageError(error: unknown): CellError {
  const evalue = `The TypeScript compiler failed: ${error instanceof Error ? error.message : String(error)}`;
  return { ename: 'CompilerError', evalue, traceback: [evalue] };
}

function interruption(evalue: string): CellError {
  return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
}

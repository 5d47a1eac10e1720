import type { CellError } from './contract';

/** An interrupt came while the cell was type-checked. */
export function interruptedError(): CellError {
  const evalue = 'The cell was interrupted before it started.';
  return { ename: 'Interrupted', evalue, traceback: [`Interrupted: ${evalue}`] };
}

/** TypeScript itself failed: the cell did not run, and the next one can be tried. */
export function languageError(error: unknown): CellError {
  const evalue = `The TypeScript compiler failed: ${error instanceof Error ? error.message : String(error)}`;
  return { ename: 'CompilerError', evalue, traceback: [evalue] };
}

import type { CellError } from '../../runtime/contract';

/** An error of the kernel itself (a wrong magic, a bad request) as front ends show it. */
export function toCellError(error: unknown): CellError {
  const ename = error instanceof Error ? error.name : 'Error';
  const evalue = error instanceof Error ? error.message : String(error);
  return { ename, evalue, traceback: `${ename}: ${evalue}`.split('\n') };
}

/** Only what the protocol knows of an error. */
export function plainError({ ename, evalue, traceback }: CellError): CellError {
  return { ename, evalue, traceback };
}

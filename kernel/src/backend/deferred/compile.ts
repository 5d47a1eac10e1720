import { programMachine } from './steps';
import type { XlaStatistics } from './xla';

export type { XlaStatistics };

/**
 * Runs a function so that all that it calls is one segment, which may become one program: the end of an
 * optimizer's step in it is none of the segment. A read of values ends the segment as ever.
 *
 * @param xla Whether XLA compiles the program at once.
 */
export function asOneSegment<T>(run: () => T, xla: boolean): T {
  const deferral = programMachine();
  return deferral === undefined ? run() : deferral.together(run, xla);
}

/** From now on programs that run often are compiled by XLA, or no more. False where there are no programs. */
export function compileByXla(on: boolean): boolean {
  const deferral = programMachine();
  if (deferral === undefined) return false;
  deferral.xla.on = on;
  return true;
}

/** What XLA has done so far; undefined where there are no programs. */
export function xlaStatistics(): XlaStatistics | undefined {
  return programMachine()?.xla.statistics();
}

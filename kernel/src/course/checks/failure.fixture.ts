import { type AnyCheck, type Failure, runCheck } from '../run-check';

/** Why a check fails for a function; undefined where it passes. */
export function failureOf(check: object, fn: (...args: never[]) => unknown): Failure | undefined {
  const definition = check as AnyCheck;
  return runCheck(definition, fn, definition.cases).failure;
}

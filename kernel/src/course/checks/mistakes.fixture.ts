import { expect } from 'vitest';
import type { Failure } from '../run-check';
import { type AnyCheck, runCheck } from '../run-check';

/** Why a check fails for a function; undefined where it passes. */
export function failureOf(check: object, fn: (...args: never[]) => unknown): Failure | undefined {
  const definition = check as AnyCheck;
  return runCheck(definition, fn, definition.cases).failure;
}

/** The right function passes, and each mistake that is declared fails with its own hint. */
export function expectMistakesToBeTold(check: object): void {
  const { reference, mistakes = [] } = check as AnyCheck;
  expect(failureOf(check, reference)).toBeUndefined();
  for (const [i, { wrong, hint }] of mistakes.entries()) {
    expect(failureOf(check, wrong)?.hint, `mistake ${i + 1}`).toEqual(hint);
  }
}

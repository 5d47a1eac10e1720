import { type AnyCheck, type Failure, runCheck } from '../run-check';

/** A check with what it says of each of its own mistakes. */
export interface Told {
  readonly id: string;
  readonly expected: string;
  readonly failure: Failure | undefined;
}

/** What the checks of an assignment say of each function that is known to be wrong. */
export function toldOfMistakes(checks: Readonly<Record<string, unknown>>): Told[] {
  return Object.entries(checks).flatMap(([id, given]) => {
    const check = given as AnyCheck;
    return (check.mistakes ?? []).map(({ wrong, hint }) => ({
      id,
      expected: hint.en,
      failure: runCheck(check, wrong, check.cases).failure,
    }));
  });
}

/** What is wrong with the reference of each check: nothing, where all is well. */
export function failuresOfReferences(checks: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(checks).flatMap(([id, given]) => {
    const check = given as AnyCheck;
    const { failure } = runCheck(check, check.reference, check.cases);
    return failure === undefined ? [] : [`${id}: ${failure.call}`];
  });
}

/** Checks in which a case or a mistake lacks a language. */
export function untranslated(checks: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(checks).flatMap(([id, given]) => {
    const { what, cases, mistakes = [] } = given as AnyCheck;
    const texts = [what, ...cases.map(({ hint }) => hint), ...mistakes.map(({ hint }) => hint)];
    return texts.some(({ en, zh }) => !/[a-z]/.test(en) || !/[\u4e00-\u9fff]/.test(zh)) ? [id] : [];
  });
}

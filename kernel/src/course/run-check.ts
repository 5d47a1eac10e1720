import { shown } from '../errors';
import { INTERRUPTED } from '../host';
import type { Difference } from './comparison';
import { exact } from './comparisons';
import type { CheckCase, CheckDefinition } from './definition';
import type { Text } from './text';
import { WORDS } from './words';

/** The first case that is wrong. */
export interface Failure {
  /** From 1 on. */
  readonly number: number;
  /** `scale([1, -2])`. */
  readonly call: string;
  readonly difference: Difference;
  readonly hint: Text | undefined;
}

/** What came of a check. */
export interface Outcome {
  readonly name: string;
  readonly what: Text;
  readonly count: number;
  readonly failure: Failure | undefined;
}

/** A check of any function. */
export type AnyCheck = CheckDefinition<never, unknown>;
type Call = (...args: readonly unknown[]) => unknown;
type AnyCase = Omit<CheckCase<never>, 'hint'> & { readonly hint?: Text };

type Result = { readonly value: unknown } | { readonly error: unknown };

/** Calls the function in each case until one is wrong. */
export function runCheck(check: AnyCheck, fn: unknown, cases: readonly AnyCase[]): Outcome {
  const tries = tried(check, fn, cases);
  let step = tries.next();
  while (step.done !== true) step = tries.next(step.value);
  return step.value;
}

/** The same of functions that may return promises. */
export async function runCheckAsync(
  check: AnyCheck,
  fn: unknown,
  cases: readonly AnyCase[],
): Promise<Outcome> {
  const tries = tried(check, fn, cases);
  let step = tries.next();
  while (step.done !== true) step = tries.next(await settled(step.value));
  return step.value;
}

/** Hands out what each call gives, and goes on with it as whoever runs the check has it: settled, or as it is. */
type Tries<T> = Generator<Result, T, Result>;

function* tried(check: AnyCheck, fn: unknown, cases: readonly AnyCase[]): Tries<Outcome> {
  const { name, problem } = named(fn);
  if (problem !== undefined) return refused(check, name, problem, cases.length);
  const earlier: Earlier[] = [];
  for (const [i, one] of cases.entries()) {
    const expected = yield called(check.reference as Call, one);
    const given = argumentsOf(one);
    const got = yield called(fn as Call, one, given);
    const difference = isPromise(got) ? promised(expected) : compare(check, expected, got, one);
    if (difference !== undefined) {
      const hint = yield* hintOfMistake(check, one, got, earlier);
      return failed(check, name, i, one, difference, hint, cases.length);
    }
    const changed = changeOf(check, one, given);
    if (changed !== undefined)
      return failed(check, name, i, one, changed, WORDS.copyFirst, cases.length);
    earlier.push({ one, expected });
  }
  return { name, what: check.what, count: cases.length, failure: undefined };
}

/** A case that the function has right. */
interface Earlier {
  readonly one: AnyCase;
  readonly expected: Result;
}

/** Of the mistake that was made: it gives what was got, and has the cases before right. */
function* hintOfMistake(
  check: AnyCheck,
  one: AnyCase,
  got: Result,
  earlier: readonly Earlier[],
): Tries<Text | undefined> {
  for (const { wrong, hint } of check.mistakes ?? []) {
    if (compare(check, yield called(wrong as Call, one), got, one) !== undefined) continue;
    let isRight = true;
    for (const before of earlier) {
      const answer = yield called(wrong as Call, before.one);
      isRight = compare(check, before.expected, answer, before.one) === undefined;
      if (!isRight) break;
    }
    if (isRight) return hint;
  }
  return undefined;
}

/** Arguments as given to a call: plain data anew, so that no call changes those of another. */
function argumentsOf({ args }: AnyCase): readonly unknown[] {
  const made: unknown = args;
  return typeof made === 'function'
    ? (made as () => readonly unknown[])()
    : structuredClone(made as readonly unknown[]);
}

/** What a function has changed of arguments that its task says to leave as they are. */
function changeOf(
  check: AnyCheck,
  one: AnyCase,
  given: readonly unknown[],
): Difference | undefined {
  if (check.keepsArguments === undefined) return undefined;
  const difference = exact(argumentsOf(one), given, []);
  return difference && { ...difference, path: '', problem: WORDS.changed(difference.path) };
}

function called(fn: Call, one: AnyCase, args = argumentsOf(one)): Result {
  try {
    return { value: fn(...args) };
  } catch (error) {
    return caught(error);
  }
}

async function settled(result: Result): Promise<Result> {
  if ('error' in result) return result;
  try {
    return { value: await result.value };
  } catch (error) {
    return caught(error);
  }
}

/** A cell's interrupt is no answer of the function, and goes on. */
function caught(error: unknown): Result {
  if (error instanceof Error && error.name === INTERRUPTED) throw error;
  return { error };
}

function compare(
  check: AnyCheck,
  expected: Result,
  got: Result,
  one: AnyCase,
): Difference | undefined {
  if ('error' in got) {
    if ('error' in expected) return undefined;
    return {
      ...plain(expected, got),
      problem: WORDS.threw(messageOf(got.error)),
    };
  }
  if ('error' in expected)
    return { ...plain(expected, got), problem: WORDS.notThrown(messageOf(expected.error)) };
  return check.comparison(expected.value, got.value, argumentsOf(one));
}

function plain(expected: Result, got: Result): Difference {
  const text = (result: Result): string =>
    'error' in result ? messageOf(result.error) : shown(result.value);
  return { path: '', expected: text(expected), got: text(got) };
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : shown(error);
  return message.split('\n')[0] ?? message;
}

function isPromise(result: Result): boolean {
  return 'value' in result && result.value instanceof Promise;
}

function promised(expected: Result): Difference {
  return { ...plain(expected, { value: 'Promise' }), got: 'Promise', problem: WORDS.promise };
}

function named(fn: unknown): { readonly name: string; readonly problem: Difference | undefined } {
  if (typeof fn === 'function')
    return { name: fn.name === '' ? 'fn' : fn.name, problem: undefined };
  return {
    name: 'fn',
    problem: {
      path: '',
      expected: 'function',
      got: shown(fn),
      problem: WORDS.noFunction(shown(fn)),
    },
  };
}

function refused(check: AnyCheck, name: string, difference: Difference, count: number): Outcome {
  const failure = { number: 1, call: name, difference, hint: undefined };
  return { name, what: check.what, count, failure };
}

function failed(
  check: AnyCheck,
  name: string,
  i: number,
  one: AnyCase,
  difference: Difference,
  hint: Text | undefined,
  count: number,
): Outcome {
  const call = one.call ?? `${name}(${argumentsOf(one).map(shown).join(', ')})`;
  const failure = { number: i + 1, call, difference, hint: hint ?? one.hint };
  return { name, what: check.what, count, failure };
}

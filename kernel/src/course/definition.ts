import type { Comparison } from './comparison';
import type { Text } from './text';

/** Arguments of a call, or how to make them anew where they are no plain data: tensors, functions. */
export type Arguments<Args extends readonly unknown[]> = Args | (() => Args);

/** One call of the student's function. */
export interface CheckCase<Args extends readonly unknown[]> {
  /** Plain data is copied for each call, so that a function that changes it spoils no other call. */
  readonly args: Arguments<Args>;
  /** What to think of where this case fails; never the solution. */
  readonly hint: Text;
  /** How the call is shown. Default: the function's name and its arguments. */
  readonly call?: string;
}

/** A wrong function that students write: one that gives the same wrong answer gets its hint. */
export interface Mistake<Args extends readonly unknown[], Result> {
  readonly wrong: (...args: Args) => Result | Promise<Result>;
  readonly hint: Text;
}

/** A function that students write: what is right, how it is told, and what to say where it isn't. */
export interface CheckDefinition<Args extends readonly unknown[], Result> {
  /** What the function gives, to follow its name: "the binary digits of a number". */
  readonly what: Text;
  /** What is right. The library's own numerics wherever there are some. */
  readonly reference: (...args: Args) => Result | Promise<Result>;
  readonly comparison: Comparison;
  /** The task says to leave what is given as it is. Only of cases that are plain data. */
  readonly keepsArguments?: true;
  /** The easiest first: the first that fails is the one that is shown. */
  readonly cases: readonly CheckCase<Args>[];
  /** The likeliest first. */
  readonly mistakes?: readonly Mistake<Args, Result>[];
}

/** Infers the types of a check from its reference. */
export function defineCheck<Args extends readonly unknown[], Result>(
  definition: CheckDefinition<Args, Result>,
): CheckDefinition<Args, Result> {
  return definition;
}

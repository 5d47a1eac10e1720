import { toBundle } from '../display/display';
import { fromTable, HalfnoteError } from '../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { checkBundle } from './check-view';
import { type ArgumentsOf, CHECKS, type CheckId } from './checks/table';
import { type AnyCheck, type Outcome, runCheck, runCheckAsync } from './run-check';

/** Any function: what is wrong with its arguments or its result is told by the check. */
export type Checked = (...args: never[]) => unknown;

/** What a check found. A cell that ends in it shows it. */
export class CheckResult implements Displayable {
  readonly passed: boolean;
  private readonly bundle: MimeBundle;

  constructor(outcome: Outcome) {
    this.passed = outcome.failure === undefined;
    this.bundle = checkBundle(outcome);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return this.bundle;
  }

  toString(): string {
    return String(this.bundle['text/plain']);
  }
}

/**
 * Tries the student's function: `check('to-binary', toBinary)` shows the first case that is wrong, what
 * was expected, the first bit that differs, and a hint. It never throws for a wrong function.
 * @throws HalfnoteError `unknown-check`.
 */
export function check(id: CheckId, fn: Checked): CheckResult {
  const definition = definitionOf(id);
  return new CheckResult(runCheck(definition, fn, definition.cases));
}

/** The same of a function that returns a promise. */
export async function checkAsync(id: CheckId, fn: Checked): Promise<CheckResult> {
  const definition = definitionOf(id);
  return new CheckResult(await runCheckAsync(definition, fn, definition.cases));
}

/**
 * For cells that give points: nothing where the function is right, an error that explains where it isn't.
 * @param hidden Arguments of further calls: those of hidden tests. Default: those of {@link check}.
 * @throws HalfnoteError `check-failed`, `unknown-check`.
 */
export function mustPass<Id extends CheckId>(
  id: Id,
  fn: Checked,
  hidden?: readonly HiddenCase<Id>[],
): void {
  const definition = definitionOf(id);
  required(runCheck(definition, fn, casesOf(definition, hidden)));
}

/** The same of a function that returns a promise. */
export async function mustPassAsync<Id extends CheckId>(
  id: Id,
  fn: Checked,
  hidden?: readonly HiddenCase<Id>[],
): Promise<void> {
  const definition = definitionOf(id);
  required(await runCheckAsync(definition, fn, casesOf(definition, hidden)));
}

/** Arguments of a call, or how to make them where they are no plain data. */
export type HiddenCase<Id extends CheckId> = ArgumentsOf<Id> | (() => ArgumentsOf<Id>);

function casesOf(
  { cases }: AnyCheck,
  hidden: readonly unknown[] | undefined,
): Parameters<typeof runCheck>[2] {
  return hidden === undefined ? cases : hidden.map((args) => ({ args: args as never }));
}

function definitionOf(id: CheckId): AnyCheck {
  return fromTable<CheckId, AnyCheck, 'check'>(CHECKS as never, id, 'check');
}

function required(outcome: Outcome): void {
  if (outcome.failure === undefined) return;
  const text = toBundle(new CheckResult(outcome))['text/plain'];
  throw new HalfnoteError('check-failed', String(text));
}

import { sumOf } from '../../quantities/arithmetic';
import type { Quantity } from '../../quantities/quantity';
import { ACCOUNTS, type Account, type PartEnergy, type WindowEnergy } from '../../energy/window';
import type { WindowRecord } from '../../energy/journal/records';
import type { Trial, TrialCell } from './trial';

/** The energy of a stretch of a trial. */
export type Stretch = Pick<WindowEnergy, 'durationS' | 'machineJ' | 'accountsJ' | 'cpuS' | 'parts'>;

/** The window of a cell; undefined where the kernel ended before it did. */
export function windowOfCell(trial: Trial, cell: TrialCell): WindowEnergy | undefined {
  const belongs = ({ window, executionCount }: WindowRecord): boolean =>
    window.kind === 'cell' &&
    (executionCount === undefined
      ? window.name === `In [${cell.order ?? ''}]`
      : executionCount === cell.order);
  return trial.windows.findLast(belongs)?.window;
}

/**
 * The whole trial: the kernel's session where its journal has it, else all that the journal has at its
 * top, which is incomplete: a kernel that was ended lost its open windows and what lay between them.
 * Undefined without any window.
 */
export function wholeTrial({ windows }: Trial): Stretch | undefined {
  const all = windows.map(({ window }) => window);
  const session = all.findLast(({ kind }) => kind === 'session');
  if (session !== undefined) return session;
  const ids = new Set(all.map(({ id }) => id));
  const top = all.filter(({ parent }) => parent === null || !ids.has(parent));
  return top.length === 0 ? undefined : incomplete(together(top));
}

function incomplete(stretch: Stretch): Stretch {
  const figure = (quantity: Quantity): Quantity => ({ ...quantity, complete: false });
  const of = ({ user, halfnote, rest }: Accounts): Accounts => ({
    user: figure(user),
    halfnote: figure(halfnote),
    rest: figure(rest),
  });
  return {
    ...stretch,
    machineJ: figure(stretch.machineJ),
    accountsJ: of(stretch.accountsJ),
    parts: stretch.parts.map((part) => ({
      ...part,
      machineJ: figure(part.machineJ),
      accountsJ: of(part.accountsJ),
    })),
  };
}

/** Stretches that follow each other, as one. */
function together(stretches: readonly Stretch[]): Stretch {
  const parts = stretches.flatMap((stretch) => stretch.parts);
  const sources = [...new Set(parts.map(({ source }) => source))];
  return {
    durationS: sum(stretches.map(({ durationS }) => durationS)),
    machineJ: sumOf(stretches.map(({ machineJ }) => machineJ)),
    accountsJ: accountsOf(
      stretches.map(({ accountsJ }) => accountsJ),
      sumOf,
    ),
    cpuS: {
      user: sum(stretches.map(({ cpuS }) => cpuS.user)),
      halfnote: sum(stretches.map(({ cpuS }) => cpuS.halfnote)),
      rest: sum(stretches.map(({ cpuS }) => cpuS.rest)),
    },
    parts: sources.flatMap((name) => joined(parts.filter(({ source }) => source === name))),
  };
}

function joined(parts: readonly PartEnergy[]): PartEnergy[] {
  const [first] = parts;
  if (first === undefined) return [];
  return [
    {
      ...first,
      machineJ: sumOf(parts.map(({ machineJ }) => machineJ)),
      accountsJ: accountsOf(
        parts.map(({ accountsJ }) => accountsJ),
        sumOf,
      ),
      idleJ: sumOrNull(parts.map(({ idleJ }) => idleJ)),
      userIdleJ: sumOrNull(parts.map(({ userIdleJ }) => userIdleJ ?? null)),
    },
  ];
}

/** Null where one of them isn't known. */
function sumOrNull(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? []);
  return known.length < values.length ? null : sum(known);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

type Accounts = Readonly<Record<Account, Quantity>>;

/** Each account of several stretches or trials, brought together by `join`. */
export function accountsOf(
  all: readonly Accounts[],
  join: (figures: readonly Quantity[]) => Quantity,
): Accounts {
  const [user, halfnote, rest] = ACCOUNTS.map((name) => join(all.map((each) => each[name])));
  if (user === undefined || halfnote === undefined || rest === undefined) {
    throw new Error('an account is missing');
  }
  return { user, halfnote, rest };
}

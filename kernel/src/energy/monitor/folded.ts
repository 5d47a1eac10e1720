import { combined } from '../../quantities/make';
import { leastDirect } from '../../quantities/quantity';
import type { Quantity, Spread } from '../../quantities/quantity';
import { ACCOUNTS } from '../window';
import type { Account, WindowEnergy } from '../window';

/** Ended windows that are kept apart; older ones become one, in portions. */
const REMEMBERED = 2000;
const PORTION = 500;

/** How many of the oldest windows are to become one. */
export function foldable(ended: readonly WindowEnergy[]): number {
  return ended.length > REMEMBERED + PORTION ? PORTION + 1 : 0;
}

/** Many windows as one of the session's, with what was theirs alone: its sums stay what they are. */
export function folded(windows: readonly WindowEnergy[], session: number): WindowEnergy {
  const [first] = windows;
  if (first === undefined) throw new RangeError('there are no windows to fold');
  const count = windows.reduce((sum, window) => sum + (COUNTS.get(window) ?? 1), 0);
  const sums = (of: 'exclusiveJ' | 'cpuS'): Record<Account, number> => {
    const sum = { user: 0, halfnote: 0, rest: 0 };
    for (const window of windows) for (const key of ACCOUNTS) sum[key] += window[of][key];
    return sum;
  };
  const exclusiveJ = sums('exclusiveJ');
  const figure = (
    of: (window: WindowEnergy) => Quantity,
    ownJ: (window: WindowEnergy) => number,
  ): Quantity => {
    const joules = windows.reduce((sum, window) => sum + ownJ(window), 0);
    const { below, above } = spreadOf(windows, of, ownJ);
    return combined(
      joules,
      { systematic: { below: Math.min(Math.max(0, joules), below), above } },
      {
        method: leastDirect(windows.map((window) => of(window).method)),
        samples: windows.length,
        gaps: windows.reduce((sum, window) => sum + of(window).gaps, 0),
        resets: windows.reduce((sum, window) => sum + of(window).resets, 0),
        complete: windows.every((window) => of(window).complete),
      },
    );
  };
  const account = (key: Account): Quantity =>
    figure(
      (window) => window.accountsJ[key],
      (window) => window.exclusiveJ[key],
    );
  const machineOwn = ({ exclusiveJ: { user, halfnote, rest } }: WindowEnergy): number =>
    user + halfnote + rest;
  const window: WindowEnergy = {
    ...first,
    parent: session,
    name: `${count} earlier windows`,
    kind: 'span',
    status: 'ended',
    durationS: windows.reduce((sum, { durationS }) => sum + durationS, 0),
    energyJ: account('user'),
    machineJ: figure(({ machineJ }) => machineJ, machineOwn),
    accountsJ: { user: account('user'), halfnote: account('halfnote'), rest: account('rest') },
    exclusiveJ,
    cpuS: sums('cpuS'),
    parts: [],
    problems: [...new Set(windows.flatMap(({ problems }) => problems))],
  };
  COUNTS.set(window, count);
  return window;
}

/** How many windows a folded one stands for. */
const COUNTS = new WeakMap<WindowEnergy, number>();

/**
 * The windows' spreads, each as far as its joules are its own: what is nested shares its errors. That of
 * one without joules counts whole.
 */
function spreadOf(
  windows: readonly WindowEnergy[],
  of: (window: WindowEnergy) => Quantity,
  ownJ: (window: WindowEnergy) => number,
): Spread {
  const sum = (side: 'below' | 'above'): number =>
    windows.reduce((total, window) => {
      const { value, systematic } = of(window);
      const part = value > 0 ? Math.min(1, Math.max(0, ownJ(window)) / value) : 1;
      return total + systematic[side] * part;
    }, 0);
  return { below: sum('below'), above: sum('above') };
}

import { combined } from '../../quantities/make';
import { leastDirect } from '../../quantities/quantity';
import type { Quantity } from '../../quantities/quantity';
import { ACCOUNTS } from '../window';
import type { Account, WindowEnergy } from '../window';

/** Ended windows that are kept apart; older ones become one, in portions. */
const REMEMBERED = 2000;
const PORTION = 500;

/** How many of the oldest windows are to become one. */
export function foldable(ended: readonly WindowEnergy[]): number {
  return ended.length > REMEMBERED + PORTION ? PORTION + 1 : 0;
}

/** Many windows as one, with what was theirs alone: a session's sums stay what they are. */
export function folded(windows: readonly WindowEnergy[]): WindowEnergy {
  const [first] = windows;
  if (first === undefined) throw new RangeError('there are no windows to fold');
  const count = windows.reduce((sum, window) => sum + (COUNTS.get(window) ?? 1), 0);
  const sums = (of: 'exclusiveJ' | 'cpuS'): Record<Account, number> => {
    const sum = { user: 0, halfnote: 0, rest: 0 };
    for (const window of windows) for (const key of ACCOUNTS) sum[key] += window[of][key];
    return sum;
  };
  const exclusiveJ = sums('exclusiveJ');
  const figure = (joules: number, of: (window: WindowEnergy) => Quantity): Quantity =>
    combined(
      joules,
      { systematic: relative(joules, windows.map(of)) },
      {
        method: leastDirect(windows.map((window) => of(window).method)),
        samples: windows.length,
        gaps: windows.reduce((sum, window) => sum + of(window).gaps, 0),
        resets: windows.reduce((sum, window) => sum + of(window).resets, 0),
        complete: windows.every((window) => of(window).complete),
      },
    );
  const account = (key: Account): Quantity =>
    figure(exclusiveJ[key], (window) => window.accountsJ[key]);
  const machine = exclusiveJ.user + exclusiveJ.halfnote + exclusiveJ.rest;
  const window: WindowEnergy = {
    ...first,
    name: `${count} earlier windows`,
    kind: 'span',
    status: 'ended',
    durationS: windows.reduce((sum, { durationS }) => sum + durationS, 0),
    energyJ: account('user'),
    machineJ: figure(machine, ({ machineJ }) => machineJ),
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

/** The widest relative spread of the parts: what is nested shares its errors. */
function relative(joules: number, parts: readonly Quantity[]) {
  const widest = (side: 'below' | 'above'): number =>
    Math.max(0, ...parts.map((part) => (part.value > 0 ? part.systematic[side] / part.value : 0)));
  return { below: joules * Math.min(1, widest('below')), above: joules * widest('above') };
}

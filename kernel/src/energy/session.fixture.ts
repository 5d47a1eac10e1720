import type { CarbonReport } from '../payloads/carbon-report';
import { carbonReportPayload } from './report';
import type { WindowEnergy } from './window';
import { partOf, windowOf } from './window.fixture';

/** A session of some cells: spans within spans, one interrupted, one open, and what a cell left behind. */

type Accounts = readonly [user: number, halfnote: number, rest: number];

const named = ([user, halfnote, rest]: Accounts): WindowEnergy['exclusiveJ'] => ({
  user,
  halfnote,
  rest,
});

/** A CPU with a counter, and memory by a model that takes 5 % beside. */
function parts([user, halfnote, rest]: Accounts): WindowEnergy['parts'] {
  const idleJ = 0.6 * rest;
  const memory: Accounts = [0.05 * user, 0.05 * halfnote, 0.05 * rest];
  return [
    { ...partOf('cpu', named([user, halfnote, rest]), idleJ), userIdleJ: 0.2 * user },
    {
      ...partOf('dram', named(memory), 0.05 * (user + halfnote + rest), 'modelled'),
      userIdleJ: memory[0],
    },
  ];
}

function window(
  id: number,
  parent: number | null,
  name: string,
  durationS: number,
  all: Accounts,
  exclusive: Accounts,
  more: Partial<Pick<WindowEnergy, 'kind' | 'status' | 'problems'>> = {},
): WindowEnergy {
  const scaled = exclusive.map((joules) => joules * 1.05) as unknown as Accounts;
  return windowOf({
    ...{ id, parent, name, durationS },
    accountsJ: named(all),
    exclusiveJ: named(scaled),
    parts: parts(all),
    ...more,
  });
}

/** Exclusive joules add up to the session's. */
export const sessionWindows: readonly WindowEnergy[] = [
  window(0, null, 'session', 412, [812.4, 96, 2540], [0, 0, 0], { kind: 'session' }),
  window(1, 0, 'outside cells', 287, [0, 41, 1702], [0, 41, 1702], { kind: 'outside' }),
  window(2, 0, 'In [1]', 4.1, [3.2, 31, 20], [3.2, 31, 20]),
  window(3, 0, 'In [2]', 82.1, [611.1, 12, 560], [21, 12, 60]),
  window(4, 3, 'train fp32', 46, [380.1, 0, 310], [15.1, 0, 110], { kind: 'span' }),
  window(5, 4, 'epoch 1', 23, [182, 0, 100], [182, 0, 100], { kind: 'span' }),
  window(6, 4, 'epoch 2', 22, [183, 0, 100], [183, 0, 100], { kind: 'span' }),
  window(7, 3, 'train bf16', 31, [210, 0, 190], [210, 0, 190], { kind: 'span' }),
  window(8, 0, 'In [3]', 12.4, [99.1, 8, 128], [99.1, 8, 128], { status: 'interrupted' }),
  window(9, 0, 'background of In [3]', 20, [61, 0, 90], [61, 0, 90], { kind: 'background' }),
  window(10, 0, 'In [4]', 6.4, [38, 4, 40], [38, 4, 40], { status: 'open' }),
];

export function sampleReport(
  windows: readonly WindowEnergy[] = sessionWindows,
  total: WindowEnergy | undefined = windows[0],
): CarbonReport {
  if (total === undefined) throw new Error('A report is of a window.');
  return carbonReportPayload({
    title: 'Energy and CO2e of this session',
    scope: 'session',
    total,
    windows,
    options: { region: 'FRA' },
    monitor: { absent: [], notes: ['The counter is shared by CPU time.'] },
  });
}

import { exact } from '../../quantities/make';
import type { Absence } from '../devices/meter';
import type { WindowEnergy } from '../window';
import type { Channel } from './channel';

/** What every window lacks, because of what isn't here. */
export function problemsOf(
  channels: readonly Channel[],
  absent: readonly Absence[],
): readonly string[] {
  const missing = absent.filter(({ leavesIncomplete }) => leavesIncomplete);
  return [
    ...missing.map(({ message }) => message),
    ...(channels.length === 0 ? ['nothing on this machine tells its energy'] : []),
  ];
}

/** A window without figures, and why. */
export function nothingMeasured(name: string, parent: number, problem: string): WindowEnergy {
  const none = exact(0, { method: 'counter', samples: 0, complete: false });
  const zero = { user: 0, halfnote: 0, rest: 0 } as const;
  return {
    id: 0,
    parent,
    name,
    kind: 'span',
    status: 'ended',
    startedAt: new Date().toISOString(),
    durationS: 0,
    energyJ: none,
    machineJ: none,
    accountsJ: { user: none, halfnote: none, rest: none },
    exclusiveJ: zero,
    cpuS: zero,
    parts: [],
    problems: [problem],
  };
}

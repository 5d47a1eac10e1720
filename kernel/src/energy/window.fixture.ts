import { sumOf } from '../quantities/arithmetic';
import type { Method, Quantity } from '../quantities/quantity';
import type { Account, PartEnergy, WindowEnergy } from './window';

/** Windows as a monitor gives them, for tests and for looking at views. */

/** A figure that may be `band` of itself lower or higher. */
export function figure(value: number, band = 0.1, method: Method = 'estimated'): Quantity {
  const half = { below: value * band, above: value * band };
  return {
    value,
    low: value - half.below,
    high: value + half.above,
    coverage: 0.95,
    method,
    statistical: { below: 0, above: 0 },
    systematic: half,
    samples: 2,
    gaps: 0,
    resets: 0,
    complete: true,
  };
}

type Accounts = Readonly<Record<Account, number>>;

interface Given {
  readonly id: number;
  readonly parent?: number | null;
  readonly name: string;
  readonly kind?: WindowEnergy['kind'];
  readonly status?: WindowEnergy['status'];
  readonly durationS?: number;
  /** Joules by account, of all devices. */
  readonly accountsJ: Accounts;
  readonly exclusiveJ?: Accounts;
  readonly idleJ?: number | null;
  readonly problems?: readonly string[];
  readonly parts?: readonly PartEnergy[];
}

/** A window of one CPU that a counter measures, unless it is told otherwise. */
export function windowOf(given: Given): WindowEnergy {
  const { accountsJ, problems = [], idleJ = null } = given;
  const complete = problems.length === 0;
  const parts = given.parts ?? [partOf('cpu', accountsJ, idleJ)];
  const whole = (values: readonly Quantity[]): Quantity => ({ ...sumOf(values), complete });
  return {
    id: given.id,
    parent: given.parent ?? null,
    name: given.name,
    kind: given.kind ?? 'cell',
    status: given.status ?? 'ended',
    startedAt: '2026-11-29T05:00:00.000Z',
    durationS: given.durationS ?? 1,
    energyJ: whole(parts.map((part) => part.accountsJ.user)),
    machineJ: whole(parts.map((part) => part.machineJ)),
    accountsJ: {
      user: whole(parts.map((part) => part.accountsJ.user)),
      halfnote: whole(parts.map((part) => part.accountsJ.halfnote)),
      rest: whole(parts.map((part) => part.accountsJ.rest)),
    },
    exclusiveJ: given.exclusiveJ ?? accountsJ,
    cpuS: { user: accountsJ.user / 10, halfnote: accountsJ.halfnote / 10, rest: 0.1 },
    parts,
    problems,
  };
}

/** One device that is read by a counter, or a model of one. */
export function partOf(
  component: PartEnergy['component'],
  { user, halfnote, rest }: Accounts,
  idleJ: number | null = null,
  method: PartEnergy['method'] = 'counter',
): PartEnergy {
  const band = method === 'modelled' ? 0.4 : 0.05;
  const shared = method === 'modelled' ? 'modelled' : 'estimated';
  return {
    component,
    source: method === 'modelled' ? `a model of the ${component}` : `a counter of the ${component}`,
    method,
    machineJ: figure(user + halfnote + rest, method === 'modelled' ? 0.4 : 0.01, method),
    accountsJ: {
      user: figure(user, band, shared),
      halfnote: figure(halfnote, band, shared),
      rest: figure(rest, band, shared),
    },
    idleJ,
  };
}

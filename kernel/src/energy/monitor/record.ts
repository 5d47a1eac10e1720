import { sumOf } from '../../quantities/arithmetic';
import { TICK_S } from '../accounts/usage';
import type { Usage } from '../accounts/usage';
import type { Quantity } from '../../quantities/quantity';
import { ACCOUNTS } from '../window';
import type { Account, PartEnergy, WindowEnergy, WindowKind } from '../window';
import type { Channel, Slice } from './channel';
import { MICRO } from './channel';
import { partFigures } from './figures';
import type { Correction } from './corrections';
import { added, backgroundSum, moved, NOTHING } from './sums';
import type { IdleTaken, MeterSums, Taken } from './sums';
import type { Shares } from './shares';

export interface RecordOptions {
  readonly id: number;
  readonly parent: number | null;
  readonly name: string;
  readonly kind: WindowKind;
  readonly startedAtS: number;
  /** Number of the reading with which it begins. */
  readonly since: number;
}

const TICKS = { user: TICK_S, halfnote: TICK_S };

/** What of a correction a window can give. */
export interface Held {
  readonly seconds: number;
  readonly part: number;
}

/** The running sums of one window. */
export class WindowRecord {
  status: WindowEnergy['status'] = 'open';
  /** Its figures once it has ended. */
  result: WindowEnergy | undefined;
  /** Seconds that belong to it; of windows that are open without a break, from begin to end. */
  durationS = 0;
  readonly problems = new Set<string>();
  private readonly failed = new Set<Channel>();
  private startedAt = new Date().toISOString();
  private readonly sums = new Map<Channel, MeterSums>();
  private exclusive: Record<Account, number> = { user: 0, halfnote: 0, rest: 0 };
  private cpu: Record<Account, number> = { user: 0, halfnote: 0, rest: 0 };
  private userWallS = 0;
  private stepsS = { user: 0, halfnote: 0 };

  constructor(private settings: RecordOptions) {}

  get options(): RecordOptions {
    return this.settings;
  }

  get id(): number {
    return this.options.id;
  }

  /** Whether a slice that begins with this reading lies within the window. */
  holds(slice: Pick<Slice, 'since'>): boolean {
    return this.options.since <= slice.since;
  }

  /** A meter could not be read when it should have been. */
  fail(channel: Channel, problem: string): void {
    this.failed.add(channel);
    this.problems.add(problem);
  }

  takeEnergy(channel: Channel, taken: Taken, idle: IdleTaken, slice: Slice): void {
    const sums = this.sums.get(channel) ?? NOTHING;
    this.sums.set(channel, added(sums, taken, idle, slice));
  }

  takeExclusive({ machine, user, halfnote }: Taken): void {
    this.exclusive.user += user;
    this.exclusive.halfnote += halfnote;
    this.exclusive.rest += machine - user - halfnote;
  }

  takeCpu(cpu: Readonly<Record<Account, number>>): void {
    for (const account of ACCOUNTS) this.cpu[account] += cpu[account];
  }

  /** Its accounts are counted in steps as large as the largest of any reading. */
  takeSteps({ stepsS = TICKS }: Usage): void {
    this.stepsS.user = Math.max(this.stepsS.user, stepsS.user);
    this.stepsS.halfnote = Math.max(this.stepsS.halfnote, stepsS.halfnote);
  }

  takeWall(seconds: number): void {
    this.userWallS += seconds;
  }

  /** How much of an account's energy so far these seconds of it stand for, and how many of them it has. */
  held(account: 'user' | 'halfnote', { seconds, of }: Correction): Held {
    const hasS = of.includes('cpu') ? this.cpu[account] : this.userWallS;
    const heldS = Math.max(0, Math.min(seconds, hasS));
    return { seconds: heldS, part: heldS > 0 ? heldS / hasS : 0 };
  }

  /** Whole microjoules that a part of an account's energy from one meter is; never more than is its alone. */
  partOf(channel: Channel, account: 'user' | 'halfnote', part: number): number {
    const microjoules = Math.round((this.sums.get(channel)?.[account] ?? 0) * part);
    return Math.min(microjoules, this.exclusive[account]);
  }

  /** Moves what it has already between accounts, or to another window and from it. */
  moveEnergy(channel: Channel, by: Taken): void {
    this.sums.set(channel, moved(this.sums.get(channel) ?? NOTHING, by));
  }

  /** Forgets what it has so far. */
  restart(parent: number, startedAtS: number, since: number): void {
    this.settings = { ...this.settings, parent, startedAtS, since };
    this.startedAt = new Date().toISOString();
    this.durationS = 0;
    this.sums.clear();
    this.problems.clear();
    this.failed.clear();
    this.exclusive = { user: 0, halfnote: 0, rest: 0 };
    this.cpu = { user: 0, halfnote: 0, rest: 0 };
    this.userWallS = 0;
    this.stepsS = { user: 0, halfnote: 0 };
  }

  /** Its figures so far. `channels`: all that there are, in order. */
  figures(channels: readonly Channel[]): WindowEnergy {
    const { id, parent, name, kind } = this.options;
    const isWhole = this.problems.size === 0;
    const parts = channels.flatMap((channel) => {
      const sums = this.sums.get(channel);
      return sums === undefined ? [] : [this.part(channel, sums)];
    });
    const total = (of: (part: PartEnergy) => Quantity): Quantity => {
      const sum = sumOf(parts.map(of));
      return isWhole ? sum : { ...sum, complete: false };
    };
    const accountsJ = byAccount((account) => total((part) => part.accountsJ[account]));
    return {
      id,
      parent,
      name,
      kind,
      status: this.status,
      startedAt: this.startedAt,
      durationS: this.durationS,
      energyJ: accountsJ.user,
      machineJ: total((part) => part.machineJ),
      accountsJ,
      exclusiveJ: byAccount((account) => this.exclusive[account] / MICRO),
      cpuS: { ...this.cpu },
      parts,
      problems: [...this.problems],
    };
  }

  private part(channel: Channel, sums: MeterSums): PartEnergy {
    const { user, halfnote, rest } = this.cpu;
    return partFigures(channel.meter, {
      sums,
      durationS: this.durationS,
      busyS: user + halfnote + rest,
      stepsS: { ...this.stepsS, rest: TICK_S },
      peakW: channel.peakW,
      complete: !this.failed.has(channel),
      isAttributed: this.options.kind === 'background',
    });
  }
}

function byAccount<T>(of: (account: Account) => T): Readonly<Record<Account, T>> {
  return { user: of('user'), halfnote: of('halfnote'), rest: of('rest') };
}

/** What the foreground has of a slice, what is in the background left out. */
export function foreground(shares: Shares): Taken {
  const { machine, user, halfnote } = shares;
  return { machine: machine - backgroundSum(shares), user, halfnote };
}

import type { Quantity } from '../quantities/quantity';
import type { Component, Meter } from './devices/meter';

/** What a window of the monitor says. Data only: it goes into the journal, into reports and over the wire. */

/**
 * Who caused energy. `user`: the cells' own code, with the processes and threads that it starts;
 * `halfnote`: the kernel process, compiling, starting the cell process, loading the library;
 * `rest`: everything else on the machine, and what the machine draws when idle. They add up to the machine.
 */
export const ACCOUNTS = ['user', 'halfnote', 'rest'] as const;
export type Account = (typeof ACCOUNTS)[number];

/** One device in one window. */
export interface PartEnergy {
  readonly component: Component;
  readonly source: string;
  readonly method: Meter['method'];
  /** The whole device's joules; the accounts' values add up to it. */
  readonly machineJ: Quantity;
  readonly accountsJ: Readonly<Record<Account, Quantity>>;
  /** Of `machineJ`, what it would have drawn idle; null where that isn't known. */
  readonly idleJ: number | null;
  /** Of `accountsJ.user`, its share of `idleJ`; null or missing where that isn't known. */
  readonly userIdleJ?: number | null | undefined;
  /** Where the counter moves in steps. */
  readonly step?: CounterStep | undefined;
}

/** The error of a window's two ends. It differs from window to window, so repetitions average it out. */
export interface CounterStep {
  readonly lengthS: number;
  /** What of `machineJ`'s systematic spread, on either side, is due to the steps. */
  readonly energyJ: number;
}

/** `session`: all since the start; `outside`: between cells; `background`: what a cell left running. */
export type WindowKind = 'session' | 'cell' | 'span' | 'outside' | 'background';

export interface WindowEnergy {
  readonly id: number;
  /** The window within which it began; null for the session. */
  readonly parent: number | null;
  readonly name: string;
  readonly kind: WindowKind;
  /** `open`: the figures are those so far. */
  readonly status: 'ended' | 'interrupted' | 'open';
  /** Wall clock, ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly durationS: number;
  /** Attributed to the user's code: the sum of the parts' `user`. */
  readonly energyJ: Quantity;
  /** The whole machine: the sum of the parts' `machineJ`. */
  readonly machineJ: Quantity;
  readonly accountsJ: Readonly<Record<Account, Quantity>>;
  /**
   * Joules of the machine by account while no other window had begun later and was still open. Summed over
   * all windows of a session, the session's included, they are the session's accounts.
   */
  readonly exclusiveJ: Readonly<Record<Account, number>>;
  /** CPU seconds by account. */
  readonly cpuS: Readonly<Record<Account, number>>;
  readonly parts: readonly PartEnergy[];
  /** What couldn't be read, in words. Not empty: the figures are incomplete. */
  readonly problems: readonly string[];
}

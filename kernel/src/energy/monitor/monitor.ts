import { performance } from 'node:perf_hooks';
import { ScriptAccounts } from '../accounts/script-accounts';
import type { Accounts, Usage } from '../accounts/usage';
import { findMeters } from '../devices/find';
import type { Absence, Found } from '../devices/meter';
import type { WindowEnergy } from '../window';
import { Books } from './books';
import { Channel } from './channel';
import { Sampler } from './sampler';
import type { WindowRecord } from './record';

/** Layer 2 of energy: joules of named windows, by account. It knows no carbon. */

/** A window that is open. Windows nest and overlap as they like. */
export interface OpenWindow {
  readonly id: number;
  readonly name: string;
  /** The energy so far. */
  read(): WindowEnergy;
  /** Ends it; ending it again gives the same figures. `interrupted`: its work did not come to its end. */
  end(status?: 'ended' | 'interrupted'): WindowEnergy;
}

export interface MonitorOptions {
  /** Default: what this machine has, see `findMeters`. */
  readonly found?: Found;
  /** Who works. Default: all that this process and its children do is the user's. */
  readonly accounts?: Accounts;
  /** A monotonic clock in seconds. */
  readonly now?: () => number;
  /**
   * Hears of each window that has ended; when the monitor is closed or reset, of the session's own too,
   * and what windows have so far that are open still. So a session's windows always add up to it.
   */
  readonly onEnded?: (window: WindowEnergy) => void;
}

/**
 * Measures windows with the meters of this machine. Reading is passive, nothing is locked, and no
 * method throws: what can't be read is named in the window's `problems`.
 */
export class EnergyMonitor {
  /** Kinds of meters that aren't here, and why. */
  readonly absent: readonly Absence[];
  private readonly channels: readonly Channel[];
  private readonly accounts: Accounts;
  private readonly now: () => number;
  private readonly onEnded: (window: WindowEnergy) => void;
  private readonly sampler: Sampler;
  private books: Books;
  private usage: Usage | undefined;
  private readings = 0;
  private isIdle = false;

  constructor(options: MonitorOptions = {}) {
    const { now = () => performance.now() / 1000, accounts = new ScriptAccounts() } = options;
    this.now = now;
    this.accounts = accounts;
    const { found = findMeters({ readMachine: () => this.machine }) } = options;
    this.absent = found.absent;
    this.onEnded = options.onEnded ?? (() => undefined);
    this.channels = found.meters.map((meter) => new Channel(meter));
    this.books = new Books(this.channels, this.absent, this.now(), 1);
    this.sampler = new Sampler(found.meters, () => {
      this.sample();
      this.schedule();
    });
    this.sample();
    this.schedule();
  }

  /** What readers of these figures must know of the meters. */
  get notes(): readonly string[] {
    const ofMeters = this.channels.flatMap(({ notes }) => notes);
    return [...new Set([...ofMeters, ...(this.accounts.notes ?? [])])];
  }

  /** `kind`: a cell's window owns the processes that start within it. */
  beginWindow(name: string, kind: 'cell' | 'span' = 'span'): OpenWindow {
    const nowS = this.sample(true);
    const record = this.books.begin(name, kind, nowS, this.readings);
    if (kind === 'cell') this.accounts.openCell(record.id, nowS);
    this.schedule();
    const end = (status: 'ended' | 'interrupted' = 'ended'): WindowEnergy =>
      this.end(record, status);
    return {
      id: record.id,
      name,
      read: () => record.result ?? this.figures(record),
      end,
    };
  }

  /** Ends the window begun last under this name; without one, an empty window says so. */
  endWindow(name: string): WindowEnergy {
    const record = this.books.lastOpen(name);
    return record === undefined ? this.books.unknown(name) : this.end(record, 'ended');
  }

  /**
   * The user's code only waits from now on, or no longer: what devices that don't tell their idle power
   * show in between counts as that.
   */
  declareIdle(isIdle: boolean): void {
    if (isIdle === this.isIdle) return;
    this.isIdle = isIdle;
    this.sample();
    for (const channel of this.channels) channel.declareIdle(isIdle);
  }

  /** Everything since the monitor was made or reset. */
  session(): WindowEnergy {
    return this.figures(this.books.session);
  }

  /**
   * All windows in the order of their begin, the session's first: those that have ended, those that
   * are open, what came between them and what cells have left running. `parent` makes them a tree, and
   * their `exclusiveJ` add up to the session's accounts.
   */
  windows(): readonly WindowEnergy[] {
    const nowS = this.sample();
    return this.books.all(nowS, this.accounts.background);
  }

  /** Begins the session anew. Windows that are open begin anew with it; ended ones are forgotten. */
  reset(): void {
    const nowS = this.sample();
    this.tellRest(nowS);
    this.books = this.books.renewed(nowS, this.readings);
  }

  /** Stops sampling and lets the drivers go. Idempotent. */
  close(): void {
    if (this.sampler.isClosed) return;
    this.tellRest(this.sample());
    this.sampler.close();
    for (const { meter } of this.channels) attempt(() => meter.close?.());
    attempt(() => this.accounts.close?.());
  }

  private end(record: WindowRecord, status: 'ended' | 'interrupted'): WindowEnergy {
    if (record.result !== undefined) return record.result;
    const nowS = this.sample();
    if (record.options.kind === 'cell') this.accounts.closeCell(record.id, nowS);
    const window = this.books.end(record, status, nowS);
    this.schedule();
    attempt(() => {
      this.onEnded(window);
    });
    return window;
  }

  private figures(record: WindowRecord): WindowEnergy {
    return this.books.figures(record, this.sample());
  }

  /** Reads everything, and books what came since the last time. Returns the time. */
  private sample(isBegin = false): number {
    return this.accounts.own(() => {
      const nowS = this.now();
      const usage = (this.usage = this.accounts.read(nowS, isBegin));
      this.readings++;
      this.books.bookCpu(usage, nowS);
      for (const channel of this.channels) {
        this.books.bookEnergy(channel, channel.advance(nowS, this.readings, usage));
      }
      return nowS;
    });
  }

  /** A model of CPU time has to go by the same count of it as the accounts. */
  private get machine(): Usage['machine'] {
    return (this.usage ?? this.accounts.read(this.now())).machine;
  }

  private tellRest(nowS: number): void {
    for (const window of this.books.unended(nowS, this.accounts.background)) {
      attempt(() => {
        this.onEnded(window);
      });
    }
  }

  private schedule(): void {
    this.sampler.schedule(this.books.hasOpen, this.accounts.background.size > 0);
  }
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Measuring must not fail what is measured.
  }
}

import type { WindowEnergy } from '../window';
import type { Watched } from './checks/watch';

export interface MeasuredWindow {
  readonly window: WindowEnergy;
  /** Of its attributed energy, with the session's grid and PUE; null where that isn't known. */
  readonly co2eG: number | null;
}

/** All that trials need of the machine that they run on; tests give one whose clock goes by itself. */
export interface TrialMachine {
  /** A monotonic clock. */
  nowS(): number;
  restS(seconds: number): Promise<void>;
  /** Runs what only waits: the monitor learns from it what devices draw idle. */
  whileIdle<T>(wait: () => Promise<T>): Promise<T>;
  /** Runs `work` in a window of energy. The window ends also when it throws. */
  window(name: string, work: () => Promise<void>): Promise<MeasuredWindow>;
  /** Begins the checks; what comes back ends them. */
  watch(): () => Watched;
  /** Processor threads. */
  readonly threads: number;
  /** Hears of each round, and throws when the user wants to stop. */
  onRound?(progress: RoundProgress): void;
}

export interface RoundProgress {
  /** Rounds done; each has one trial of each variant. */
  readonly rounds: number;
  readonly elapsedS: number;
  /** The widest interval's half width as a share of its value; null before two rounds. */
  readonly reached: number | null;
}

/** One of the things that are measured beside each other. May be asynchronous. */
export interface Variant {
  readonly name: string;
  readonly run: () => unknown;
  /** Waits until the device has done the work of the runs so far. */
  readonly synchronize?: () => unknown;
}

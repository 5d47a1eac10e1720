import { combined, exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { WindowEnergy } from '../window';
import type { Watched } from './checks/watch';
import type { MeasuredWindow, RoundProgress, TrialMachine } from './machine';

export interface SimulatedOptions {
  /** Watts while nothing runs. */
  readonly idleW?: number;
  /** The counter moves every so many seconds; 0: at once. */
  readonly stepS?: number;
  /** The counter shows so much of the true energy, of which its band is said to hold the truth. */
  readonly bias?: number;
  readonly band?: { readonly low: number; readonly high: number };
  /** Seconds of CPU that others take a second. */
  readonly others?: number;
  readonly threads?: number;
  readonly watched?: Watched;
  /** Called for each window, which may be changed. */
  readonly onWindow?: (window: WindowEnergy, index: number) => WindowEnergy;
}

/** A machine with a clock of its own: time passes by work and rest only, and its joules are known. */
export class SimulatedMachine implements TrialMachine {
  readonly threads: number;
  readonly progress: RoundProgress[] = [];
  readonly names: string[] = [];
  /** So far; a trial begins with one. */
  rests = 0;
  private clockS = 0;
  private trueJ = 0;
  /** What the counter said at its last step. */
  private shownJ = 0;

  constructor(private readonly options: SimulatedOptions = {}) {
    this.threads = options.threads ?? 4;
  }

  nowS(): number {
    return this.clockS;
  }

  /** Work at so many watts. */
  work(seconds: number, watts: number): void {
    const { stepS = 0 } = this.options;
    const startS = this.clockS;
    this.clockS += seconds;
    const lastStepS = stepS === 0 ? this.clockS : Math.floor(this.clockS / stepS) * stepS;
    if (lastStepS > startS) this.shownJ = this.trueJ + watts * (lastStepS - startS);
    this.trueJ += watts * seconds;
  }

  restS(seconds: number): Promise<void> {
    this.rests++;
    this.work(seconds, this.options.idleW ?? 0);
    return Promise.resolve();
  }

  whileIdle<T>(wait: () => Promise<T>): Promise<T> {
    return wait();
  }

  async window(name: string, work: () => Promise<void>): Promise<MeasuredWindow> {
    const [fromS, fromJ] = [this.clockS, this.shownJ];
    await work();
    const { bias = 1 } = this.options;
    const made = this.windowOf(name, this.clockS - fromS, (this.shownJ - fromJ) * bias);
    this.names.push(name);
    const window = this.options.onWindow?.(made, this.names.length - 1) ?? made;
    return { window, co2eG: window.energyJ.value / 1e4 };
  }

  watch(): () => Watched {
    return () => this.options.watched ?? { findings: [], unknown: [] };
  }

  onRound(progress: RoundProgress): void {
    this.progress.push(progress);
  }

  private windowOf(name: string, durationS: number, joules: number): WindowEnergy {
    const { stepS = 0, others = 0, band = { low: 1, high: 1 } } = this.options;
    const stepJ = durationS === 0 ? 0 : (joules / durationS) * stepS;
    const below = joules * (1 - band.low) + stepJ;
    const above = joules * (band.high - 1) + stepJ;
    const machineJ: Quantity = combined(
      joules,
      { systematic: { below, above } },
      { method: 'counter' },
    );
    const none = exact(0, { method: 'counter' });
    const accountsJ = { user: machineJ, halfnote: none, rest: none };
    return {
      id: this.names.length,
      parent: null,
      name,
      kind: 'span',
      status: 'ended',
      startedAt: new Date(this.clockS * 1000).toISOString(),
      durationS,
      energyJ: machineJ,
      machineJ,
      accountsJ,
      exclusiveJ: { user: joules, halfnote: 0, rest: 0 },
      cpuS: { user: durationS, halfnote: 0, rest: others * durationS },
      parts: [
        {
          component: 'gpu',
          source: 'a simulated counter',
          method: 'counter',
          machineJ,
          accountsJ,
          idleJ: null,
          ...(stepS === 0 ? {} : { step: { lengthS: stepS, energyJ: stepJ } }),
        },
      ],
      problems: [],
    };
  }
}

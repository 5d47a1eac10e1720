import { MeterFailure } from './failure';
import { readMachine } from './machine';
import type { Machine } from './machine';
import type { Meter } from './meter';
import { threadPower } from './thread-power';
import type { ThreadPowerOptions } from './thread-power';

/** What a processor draws idle, of its TDP; the constant term of CodeCarbon's curve of load. */
const IDLE_SHARE = 0.1;
/** The system counts CPU time in steps of 10 ms. */
const REFRESH_S = 0.01;

const NOTE =
  'CPU energy is a model of CPU time, which the system counts in steps of 10 ms; it does not see how hard the units work.';

export interface CpuModelOptions extends ThreadPowerOptions {
  readonly readMachine?: () => Pick<Machine, 'busyS' | 'threads'>;
}

/**
 * The meter that stands in for a CPU energy counter: the machine's threads, idle and busy.
 * J = W a thread x (0.1 x threads x wall time + 0.9 x busy CPU seconds). It is linear in busy time, so that
 * what is attributed by CPU time adds up to the machine.
 * @throws HalfnoteError for a wrong TDP; an error when the machine's CPU time can't be read.
 */
export function cpuModel(options: CpuModelOptions = {}): Meter {
  const { proc, readMachine: ask = () => readMachine(proc) } = options;
  const { wattsPerThread, figure, band, hint } = threadPower(options);
  const source = `linear model of CPU load: ${figure}, 10 % idle`;
  const idleWatts = IDLE_SHARE * wattsPerThread * ask().threads;

  let joules = 0;
  let gaps = 0;
  let resets = 0;
  let last: { readonly busyS: number; readonly threads: number; readonly atS: number } | undefined;
  return {
    component: 'cpu',
    method: 'modelled',
    source,
    note: [NOTE, ...(hint === undefined ? [] : [hint])].join(' '),
    idle: { watts: idleWatts, source: `10 % of ${figure}` },
    band,
    refreshS: REFRESH_S,
    read: (nowS) => {
      let now: Pick<Machine, 'busyS' | 'threads'>;
      try {
        now = ask();
      } catch (error) {
        gaps++;
        throw new MeterFailure({ joules, gaps, resets }, error);
      }
      if (last !== undefined) {
        const busyS = now.busyS - last.busyS;
        // The time of a thread that goes offline leaves the sum on some systems.
        if (busyS < 0) resets++;
        const wallS = ((last.threads + now.threads) / 2) * (nowS - last.atS);
        joules += wattsPerThread * (IDLE_SHARE * wallS + (1 - IDLE_SHARE) * Math.max(0, busyS));
      }
      last = { busyS: now.busyS, threads: now.threads, atS: nowS };
      return { joules, gaps, resets };
    },
  };
}

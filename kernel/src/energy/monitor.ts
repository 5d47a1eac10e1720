import { performance } from 'node:perf_hooks';
import { findMeters } from './devices/find';
import type { Absence, Component, Found, Meter, Reading } from './devices/meter';

/** Layer 2 of energy: joules of named windows. It knows no carbon. */

export interface PartEnergy {
  readonly component: Component;
  readonly energyJ: number;
  readonly method: Meter['method'];
  readonly source: string;
}

export interface WindowEnergy {
  readonly name: string;
  readonly durationS: number;
  /** The sum of the parts. */
  readonly energyJ: number;
  readonly parts: readonly PartEnergy[];
  /** What couldn't be read, in words; the figure is then without it. */
  readonly problems: readonly string[];
}

/** A window that is open. Windows nest and overlap as they like. */
export interface OpenWindow {
  readonly name: string;
  /** The energy so far. */
  read(): WindowEnergy;
  /** Ends it; ending it again gives the same figures. */
  end(): WindowEnergy;
}

export interface MonitorOptions {
  /** Default: what this machine has, see `findMeters`. */
  readonly found?: Found;
  /** A monotonic clock in seconds. */
  readonly now?: () => number;
}

/** Ended windows that are remembered for the report. */
const REMEMBERED = 1000;

/**
 * Measures windows with the meters of this machine. Reading is passive, nothing is locked, and no
 * method throws: what can't be read is named in the window's `problems`.
 */
export class EnergyMonitor {
  /** Kinds of meters that aren't here, and why. */
  readonly absent: readonly Absence[];
  private readonly meters: readonly Meter[];
  private readonly now: () => number;
  private readonly open: OpenWindow[] = [];
  private readonly ended: WindowEnergy[] = [];
  private readonly whole: OpenWindow;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: MonitorOptions = {}) {
    const { found = findMeters(), now = () => performance.now() / 1000 } = options;
    this.meters = found.meters;
    this.absent = found.absent;
    this.now = now;
    this.whole = this.start('session', () => undefined);
    this.schedule();
  }

  /** What readers of these figures must know of the meters. */
  get notes(): readonly string[] {
    return [...new Set(this.meters.flatMap(({ note }) => note ?? []))];
  }

  beginWindow(name: string): OpenWindow {
    const window = this.start(name, (energy) => {
      this.open.splice(this.open.indexOf(window), 1);
      this.ended.push(energy);
      if (this.ended.length > REMEMBERED) this.ended.shift();
      this.schedule();
    });
    this.open.push(window);
    this.schedule();
    return window;
  }

  /** Ends the window begun last under this name; without one, an empty window says so. */
  endWindow(name: string): WindowEnergy {
    const window = this.open.findLast((candidate) => candidate.name === name);
    return (
      window?.end() ?? {
        name,
        durationS: 0,
        energyJ: 0,
        parts: [],
        problems: [`no window "${name}" is open`],
      }
    );
  }

  /** Everything since the monitor was made. */
  session(): WindowEnergy {
    return this.whole.read();
  }

  /** Ended windows in the order of their end. */
  windows(): readonly WindowEnergy[] {
    return [...this.ended];
  }

  /** Stops sampling and lets the drivers go. Idempotent. */
  close(): void {
    clearInterval(this.timer);
    for (const meter of this.meters) attempt(() => meter.close?.());
  }

  private start(name: string, onEnd: (energy: WindowEnergy) => void): OpenWindow {
    const startedAt = this.now();
    const first = this.meters.map((meter) => readMeter(meter, startedAt));
    let result: WindowEnergy | undefined;
    const read = (): WindowEnergy => result ?? this.measure(name, startedAt, first);
    const end = (): WindowEnergy => {
      if (result === undefined) {
        result = read();
        onEnd(result);
      }
      return result;
    };
    return { name, read, end };
  }

  private measure(
    name: string,
    startedAt: number,
    first: readonly (Reading | Error)[],
  ): WindowEnergy {
    const endedAt = this.now();
    const durationS = endedAt - startedAt;
    const parts: PartEnergy[] = [];
    const problems: string[] = [];
    this.meters.forEach((meter, index) => {
      const from = first[index] ?? new Error('no first reading');
      const to = readMeter(meter, endedAt);
      if (from instanceof Error || to instanceof Error) {
        const { message } = from instanceof Error ? from : (to as Error);
        problems.push(`${meter.source} could not be read: ${message}`);
        return;
      }
      parts.push({
        component: meter.component,
        method: meter.method,
        ...spent(meter, from, to, durationS),
      });
    });
    return {
      name,
      durationS,
      energyJ: parts.reduce((sum, part) => sum + part.energyJ, 0),
      parts,
      problems,
    };
  }

  /** Samples as often as the meters need it now, and not at all where none does. */
  private schedule(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    const intervals = this.meters.flatMap(({ maxIntervalS, sampled }) =>
      maxIntervalS !== undefined && (sampled === 'always' || this.open.length > 0)
        ? maxIntervalS
        : [],
    );
    if (intervals.length === 0) return;
    this.timer = setInterval(
      () => {
        const nowS = this.now();
        for (const meter of this.meters) {
          if (meter.maxIntervalS !== undefined) readMeter(meter, nowS);
        }
      },
      Math.min(...intervals) * 1000,
    );
    this.timer.unref();
  }
}

/** A window shorter than two steps of the counter is power x time, where power can be read. */
function spent(
  meter: Meter,
  from: Reading,
  to: Reading,
  durationS: number,
): Pick<PartEnergy, 'energyJ' | 'source'> {
  const short = meter.refreshS !== undefined && durationS < 2 * meter.refreshS;
  if (short && from.watts !== undefined && to.watts !== undefined) {
    const energyJ = ((from.watts + to.watts) / 2) * durationS;
    return { energyJ, source: `${meter.source} (short window: power x time)` };
  }
  return { energyJ: Math.max(0, to.joules - from.joules), source: meter.source };
}

function readMeter(meter: Meter, nowS: number): Reading | Error {
  return attempt(() => meter.read(nowS));
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

import { co2eGrams } from '../carbon/factor';
import type { CarbonFactor } from '../carbon/factor';
import type { EnergyMonitor } from '../monitor/monitor';
import type { WindowEnergy } from '../window';

/** The session so far, for whoever shows it while it goes on. */
export interface SessionEnergy {
  readonly total: WindowEnergy;
  /** The windows within it. */
  windows(): readonly WindowEnergy[];
  /** The request whose cell a window is; undefined for other windows, and for cells long past. */
  requestOf(windowId: number): string | undefined;
  /** Grams of CO2e of joules, by the grid and the PUE that hold now. */
  co2eG(energyJ: number): number;
  readonly region: string;
  /** Nobody has stated the region. */
  readonly assumed: boolean;
}

/** Cells whose requests are kept. */
const MOST = 3000;

/** Which request each cell's window belongs to. */
export class CellWindows {
  private readonly requests = new Map<number, string>();

  add(windowId: number, requestId: string): void {
    this.requests.set(windowId, requestId);
    const [oldest] = this.requests.keys();
    if (this.requests.size > MOST && oldest !== undefined) this.requests.delete(oldest);
  }

  session(monitor: EnergyMonitor, factor: CarbonFactor): SessionEnergy {
    const total = monitor.session();
    return {
      total,
      windows: () => monitor.windows().filter(({ id }) => id !== total.id),
      requestOf: (id) => this.requests.get(id),
      co2eG: (energyJ) => co2eGrams(Math.max(0, energyJ), factor),
      region: factor.intensity.name,
      assumed: factor.assumed,
    };
  }
}

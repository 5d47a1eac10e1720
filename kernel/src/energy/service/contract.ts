import type { DisplayOutput } from '../../host';
import type { CellWork } from '../accounts/cell-usage';
import type { EnergyMonitor } from '../monitor/monitor';
import type { WindowEnergy } from '../window';
import type { AskedJournal } from './journaling';
import type { ServicePorts } from './notices';
import type { SessionEnergy } from './session-energy';

/** The kernel's side of energy: a window for each cell, and the answers to the library's calls. */
export interface EnergyService {
  /** `executionCount` names the window, `In [3]`. */
  beginCell(requestId: string, executionCount?: number): void;
  /** Ends the cell's window; its report when the cell or `%carbon on` asked for one. */
  endCell(
    requestId: string,
    status?: 'ended' | 'failed' | 'interrupted',
  ): Promise<DisplayOutput | undefined>;
  /** What becomes known of the process that runs cells. */
  work(event: CellWork): void;
  /** The session as it stands. */
  session(): SessionEnergy;
  /** The methods of `Host.call` that {@link handle} answers. */
  readonly methods: readonly string[];
  handle(requestId: string, method: string, params: unknown): Promise<unknown>;
  /** The session begins anew, and what cells have set of carbon, reports and a budget is taken back. */
  renew(): void;
  close(): void;
}

/** What `energy.end` answers. */
export interface EndedWindow {
  readonly window: WindowEnergy;
  /** Of the user's joules. */
  readonly co2eG: number;
}

export interface EnergyServiceOptions {
  /** Made when it is first needed, since looking for drivers takes time. */
  readonly monitor?: (onEnded: (window: WindowEnergy) => void) => EnergyMonitor;
  /** Default: nothing is said, and nothing stopped. */
  readonly ports?: ServicePorts;
  /** Opens the journal, if there is to be one; what hinders it is said. */
  readonly journal?: ((say: (message: string) => void) => AskedJournal) | undefined;
  /** Hears of the process that runs cells. */
  readonly onWork?: (event: CellWork) => void;
}

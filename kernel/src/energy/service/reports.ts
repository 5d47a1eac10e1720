import type { DisplayOutput } from '../../host';
import type { CarbonReport } from '../../payloads/carbon-report';
import { carbonFactor } from '../carbon/factor';
import type { CarbonFactor, CarbonOptions } from '../carbon/factor';
import type { EnergyMonitor } from '../monitor/monitor';
import { carbonReportPayload, withCarbon, windowsWithin } from '../report';
import { carbonBundle } from '../view';
import { carbonLineBundle } from '../view-line';
import type { WindowEnergy } from '../window';
import { CarbonDefaults } from './carbon-defaults';

/** What is reported of a session and its cells, by the grid and the PUE that were stated last. */
export class Reports {
  private isAuto = false;
  private readonly defaults = new CarbonDefaults();

  constructor(private readonly monitor: () => EnergyMonitor) {}

  /** Whether each cell has a line below it; the options hold from now on, and none where it hasn't. */
  setAuto(on: boolean, options: CarbonOptions): void {
    const merged = on ? this.merged(options) : {};
    carbonFactor(merged);
    this.isAuto = on;
    this.defaults.set(merged);
  }

  /** Options with what was stated last where they say nothing else. */
  merged(options: CarbonOptions): CarbonOptions {
    return this.defaults.merge(options);
  }

  /** @throws HalfnoteError for an unknown region or a wrong figure. */
  factor(options: CarbonOptions): CarbonFactor {
    return carbonFactor(this.merged(options));
  }

  ofSession(options: CarbonOptions): CarbonReport {
    const monitor = this.monitor();
    const title = 'Energy and CO2e of this session';
    return this.report(title, 'session', monitor.session(), monitor.windows(), options);
  }

  /** What is shown below a cell that has ended; `options` where it asked for a report. */
  below(total: WindowEnergy, options: CarbonOptions | undefined): DisplayOutput | undefined {
    if (options !== undefined) {
      const within = windowsWithin(total.id, this.monitor().windows());
      const title = `Energy and CO2e of ${total.name}`;
      return {
        data: carbonBundle(this.report(title, 'cell', total, within, options)),
        update: false,
      };
    }
    if (!this.isAuto) return undefined;
    return { data: carbonLineBundle(withCarbon(total, this.factor({}))), update: false };
  }

  private report(
    title: string,
    scope: CarbonReport['scope'],
    total: WindowEnergy,
    windows: readonly WindowEnergy[],
    options: CarbonOptions,
  ): CarbonReport {
    const monitor = this.monitor();
    const merged = this.merged(options);
    return carbonReportPayload({ title, scope, total, windows, options: merged, monitor });
  }
}

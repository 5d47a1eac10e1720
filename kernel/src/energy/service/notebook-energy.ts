import { performance } from 'node:perf_hooks';
import { KernelAccounts, type KernelAccountsOptions } from '../accounts/kernel-accounts';
import { becomeSubreaper } from '../accounts/subreaper';
import { EnergyMonitor } from '../monitor/monitor';
import type { WindowEnergy } from '../window';
import type { ServicePorts } from './notices';
import { createEnergyService } from './service';
import type { EnergyService, EnergyServiceOptions } from './service';

export interface NotebookEnergyOptions {
  readonly journal?: EnergyServiceOptions['journal'];
  readonly helper?: KernelAccountsOptions['helper'];
}

/** The energy service of the kernel process: it begins to count now, and knows the cell process. */
export function notebookEnergy(
  ports: ServicePorts,
  { journal, helper }: NotebookEnergyOptions = {},
): EnergyService {
  const now = (): number => performance.now() / 1000;
  const accounts = new KernelAccounts({ reap: becomeSubreaper(), helper });
  let hear: (window: WindowEnergy) => void = () => undefined;
  const monitor = new EnergyMonitor({
    accounts,
    now,
    onEnded: (window) => {
      hear(window);
    },
  });
  return createEnergyService({
    ports,
    journal,
    monitor: (onEnded) => {
      hear = onEnded;
      return monitor;
    },
    onWork: (event) => {
      accounts.work(event, now());
    },
  });
}

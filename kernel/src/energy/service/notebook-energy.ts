import { performance } from 'node:perf_hooks';
import { KernelAccounts } from '../accounts/kernel-accounts';
import { becomeSubreaper } from '../accounts/subreaper';
import { EnergyMonitor } from '../monitor/monitor';
import { createEnergyService } from './service';
import type { EnergyService } from './service';

/** The energy service of the kernel process: it begins to count now, and knows the cell process. */
export function notebookEnergy(): EnergyService {
  const now = (): number => performance.now() / 1000;
  const accounts = new KernelAccounts({ reap: becomeSubreaper() });
  const monitor = new EnergyMonitor({ accounts, now });
  return createEnergyService({
    monitor: () => monitor,
    onWork: (event) => {
      accounts.work(event, now());
    },
  });
}

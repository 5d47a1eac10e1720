import { FakeAccounts } from '../accounts/accounts.fixture';
import { EnergyMonitor } from '../monitor/monitor';
import { createEnergyService, type EnergyService } from './service';

interface MeasuredService {
  readonly service: EnergyService;
  readonly state: { nowS: number; joules: number };
  /** Lets a cell compute for so long, at so many watts. */
  readonly spend: (watts: number, seconds: number) => void;
}

/** A real energy service on a counter and a clock that the test turns. */
export function measuredService(): MeasuredService {
  const state = { nowS: 0, joules: 0 };
  const accounts = new FakeAccounts();
  const read = () => ({ joules: state.joules, gaps: 0, resets: 0 });
  const meter = { component: 'cpu', method: 'counter', source: 'fake counter', read } as const;
  const idle = { watts: 0, source: 'fake' };
  const service = createEnergyService({
    monitor: (onEnded) =>
      new EnergyMonitor({
        onEnded,
        accounts,
        now: () => state.nowS,
        found: { meters: [{ ...meter, idle }], absent: [] },
      }),
  });
  const spend = (watts: number, seconds: number): void => {
    state.joules += watts * seconds;
    state.nowS += seconds;
    accounts.userCpuS += seconds;
  };
  return { service, state, spend };
}

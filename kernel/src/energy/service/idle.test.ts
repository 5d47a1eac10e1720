import { describe, expect, it } from 'vitest';
import type { CarbonReport } from '../../payloads/carbon-report';
import { FakeAccounts } from '../accounts/accounts.fixture';
import { EnergyMonitor } from '../monitor/monitor';
import { createEnergyService } from './service';

/** A kernel with a GPU that doesn't tell its idle power; its cell runs also while it waits. */
function kernel() {
  const state = { nowS: 0, joules: 0 };
  const accounts = new FakeAccounts();
  const service = createEnergyService({
    monitor: (onEnded) =>
      new EnergyMonitor({
        onEnded,
        found: {
          meters: [
            {
              component: 'gpu',
              method: 'counter',
              source: 'a counter',
              read: () => ({ joules: state.joules, gaps: 0, resets: 0 }),
            },
          ],
          absent: [],
        },
        accounts,
        now: () => state.nowS,
      }),
  });
  const pass = (seconds: number, watts: number): void => {
    state.nowS += seconds;
    state.joules += seconds * watts;
    accounts.userWallS += seconds;
  };
  const declare = (on: boolean): Promise<unknown> => service.handle('c1', 'energy.idle', { on });
  const report = (): Promise<CarbonReport> =>
    service.handle('c1', 'energy.report', {}) as Promise<CarbonReport>;
  return { service, pass, declare, report };
}

describe('a cell that says that it only waits', () => {
  it('shows what a device draws idle, though the cell is running', async () => {
    const { service, pass, declare, report } = kernel();
    service.beginCell('c1', 1);
    pass(0.9, 200);
    await declare(true);
    pass(1.5, 30);
    await declare(false);
    pass(2, 200);
    const { devices, notes } = await report();
    expect(notes.join()).toContain('the most that it can be');
    // Before the wait nothing was known: half of what was drawn.
    expect(devices[0]?.idleJ).toBeCloseTo((0.9 * 200) / 2 + 3.5 * 30, 5);
    service.close();
  });

  it.each(['ended', 'failed', 'interrupted', 'lost'] as const)(
    'is taken at its word no longer than it runs: %s',
    async (status) => {
      const { service, pass, declare, report } = kernel();
      service.beginCell('c1', 1);
      await declare(true);
      pass(0.5, 30);
      if (status === 'lost') service.work({ kind: 'lost' });
      else await service.endCell('c1', status);
      service.beginCell('c2', 2);
      pass(2, 200);
      expect((await report()).notes.join()).toContain('not yet seen');
      service.close();
    },
  );
});

import { describe, expect, it } from 'vitest';
import { measuredService } from '../../energy/service/service.fixture';
import { gate, TestKernel } from '../../../../test/support/test-kernel';

describe('a session that is renewed', () => {
  it('counts its cells and its joules from the start', async () => {
    const { service, spend } = measuredService();
    const renewed: string[] = [];
    const spends = (joules: number) => (): undefined => {
      spend(joules, 1);
    };
    const kernel = new TestKernel({
      energy: service,
      cells: { five: spends(5), seven: spends(7) },
      runtime: {
        renew: () => {
          renewed.push('cells');
          return Promise.resolve();
        },
      },
    });
    const joules = async (): Promise<unknown> => {
      const { reply } = await kernel.request('halfnote_energy_request');
      return (reply['energy'] as { machineJ: { value: number } }).machineJ.value;
    };
    await kernel.execute('five');
    expect((await kernel.execute('seven')).reply).toMatchObject({ execution_count: 2 });
    expect(await joules()).toBeCloseTo(12, 6);
    const { reply, order } = await kernel.request('halfnote_renew_request');
    expect(reply).toEqual({ status: 'ok' });
    expect(order).toEqual(['busy', 'halfnote_renew_reply', 'idle']);
    expect(renewed).toEqual(['cells']);
    expect(await joules()).toBe(0);
    expect((await kernel.execute('seven')).reply).toMatchObject({ execution_count: 1 });
    expect(await joules()).toBeCloseTo(7, 6);
  });

  it('takes back what cells have set of carbon', async () => {
    const { service } = measuredService();
    const kernel = new TestKernel({ energy: service });
    const shows = async (): Promise<number> => (await kernel.execute('x')).outputs.length;
    await service.handle('', 'energy.auto', { on: true, options: {} });
    expect(await shows()).toBe(1);
    await kernel.request('halfnote_renew_request');
    expect(await shows()).toBe(0);
  });

  it('is not while a cell runs', async () => {
    const cell = gate();
    const kernel = new TestKernel({ cells: { slow: () => cell.opened.then(() => undefined) } });
    const running = kernel.send('execute_request', { code: 'slow' });
    const { reply } = await kernel.request('halfnote_renew_request');
    expect(reply['status']).toBe('error');
    expect(reply['evalue']).toContain('a cell runs');
    cell.open();
    await kernel.until(() => kernel.messagesOf(running).at(-1) === 'idle');
  });

  it('has no figures where nothing is measured', async () => {
    const { reply } = await new TestKernel().request('halfnote_energy_request');
    expect(reply).toEqual({ status: 'ok', energy: null });
  });
});

import { describe, expect, it } from 'vitest';
import { boom, result, TestKernel } from '../../../../test/support/test-kernel';
import type { CellScript } from '../../../../test/support/test-kernel';
import type { CellEnergy } from './ports';

function energy(overrides: Partial<CellEnergy>): CellEnergy {
  return {
    beginCell: () => undefined,
    endCell: () => Promise.resolve(undefined),
    methods: ['energy.report', 'energy.cell'],
    handle: () => Promise.resolve(undefined),
    ...overrides,
  };
}

describe('the energy of a cell', () => {
  it('is shown below the other outputs, before the reply', async () => {
    const windows: string[] = [];
    const kernel = new TestKernel({
      cells: {
        cell: (emit) => {
          windows.push('cell');
          emit(result('1'));
          return undefined;
        },
      },
      energy: energy({
        beginCell: (_id, count) => windows.push(`begin [${count}]`),
        endCell: () => {
          windows.push('end');
          return Promise.resolve({ data: { 'text/plain': '3 J' }, update: false });
        },
      }),
    });
    const { order, outputs } = await kernel.execute('cell');
    expect(windows).toEqual(['begin [1]', 'cell', 'end']);
    expect(order.slice(2)).toEqual(['execute_result', 'display_data', 'execute_reply', 'idle']);
    expect(outputs[1]?.content['data']).toEqual({ 'text/plain': '3 J' });
  });

  it('ends as interrupted where code did not come to its end, whoever stopped it', async () => {
    const ends: string[] = [];
    const ended =
      (ename: string): CellScript =>
      () => ({
        status: 'error',
        error: { ename, evalue: 'x', traceback: [] },
      });
    const kernel = new TestKernel({
      cells: { stop: ended('Interrupted'), die: ended('CellProcessDied'), fail: boom },
      energy: energy({
        endCell: (_id, status) => {
          ends.push(status);
          return Promise.resolve(undefined);
        },
      }),
    });
    for (const cell of ['stop', 'die', 'fail', '1']) await kernel.execute(cell);
    expect(ends).toEqual(['interrupted', 'interrupted', 'failed', 'ended']);
  });

  it('has no window for what a front end asks silently', async () => {
    const windows: number[] = [];
    const kernel = new TestKernel({
      energy: energy({ beginCell: (_id, count) => windows.push(count) }),
    });
    await kernel.execute('1', { silent: true });
    await kernel.execute('2');
    expect(windows).toHaveLength(1);
  });

  it('never fails a cell, and says that it is missing', async () => {
    const kernel = new TestKernel({
      energy: energy({ endCell: () => Promise.reject(new Error('counter gone')) }),
    });
    const { reply, outputs } = await kernel.execute('1');
    expect(reply['status']).toBe('ok');
    expect(outputs[0]?.content).toEqual({
      name: 'stdout',
      text: "The cell's energy was not measured: counter gone\n",
    });
  });

  it('answers calls of the library with the request they come from', async () => {
    const kernel = new TestKernel({
      energy: energy({
        handle: (...call) => Promise.resolve(call),
      }),
    });
    await kernel.execute('1');
    await expect(kernel.events?.call('id', 'energy.report', { region: 'FRA' })).resolves.toEqual([
      'id',
      'energy.report',
      { region: 'FRA' },
    ]);
  });

  it('refuses an unknown call with all that are answered, each once, the nearest first', async () => {
    const kernel = new TestKernel({ energy: energy({}) });
    await kernel.execute('1');
    await expect(kernel.events?.call('id', 'comm.opne', {})).rejects.toThrow(
      'It answers comm.open, comm.close, comm.message, payload.add, input.request, policy.tell, variables.tell, comm.register, comm.unregister, energy.report, energy.cell.',
    );
  });

  it('refuses calls where nothing measures', async () => {
    const kernel = new TestKernel();
    await kernel.execute('1');
    await expect(kernel.events?.call('id', 'energy.report', {})).rejects.toThrow(
      'The kernel answers no "energy.report" here',
    );
  });
});

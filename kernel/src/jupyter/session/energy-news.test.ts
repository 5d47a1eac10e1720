import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measuredService } from '../../energy/service/service.fixture';
import { ENERGY_TARGET, energyMessage, type EnergyMessage } from '../../payloads/comms';
import { TestKernel } from '../../../../test/support/test-kernel';
import { EnergyNews } from './energy-news';
import type { OwnComm } from './own-comms';

interface Page extends OwnComm {
  readonly got: EnergyMessage[];
}

function page(id: string): Page {
  const got: EnergyMessage[] = [];
  return {
    id,
    session: id,
    got,
    send: (data) => {
      const read = energyMessage(JSON.parse(JSON.stringify(data)));
      if (read === undefined) throw new Error(`no message: ${JSON.stringify(data)}`);
      got.push(read);
    },
  };
}

describe('the energy of a session', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function setUp() {
    const kernel = measuredService();
    const news = new EnergyNews({
      session: () => kernel.service.session(),
      recordOf: (id) => (id === 'a' ? { cellId: 'cell a', policies: ['fp32', 'bf16'] } : undefined),
      nowS: () => kernel.state.nowS,
    });
    const pass = (watts: number, seconds: number): void => {
      for (let s = 0; s < seconds; s++) {
        kernel.spend(watts, 1);
        vi.advanceTimersByTime(1000);
      }
    };
    return { ...kernel, news, pass };
  }

  it('is told at once and every two seconds, with the power in between', () => {
    const { news, pass } = setUp();
    const one = page('one');
    news.opened(one, { wants: 'session', intervalS: 2 });
    pass(30, 6);
    expect(one.got).toHaveLength(4);
    expect(one.got[0]?.session.powerW).toBeNull();
    const { session } = one.got[3] ?? {};
    expect(session?.machineW).toBeCloseTo(30);
    expect(session?.machineJ.value).toBeCloseTo(180);
    expect(session?.method).toBe('estimated');
    expect(session).toMatchObject({ region: 'WORLD', assumed: true });
    expect(one.got[3]?.cells).toBeUndefined();
  });

  it('is told no more often than a page wants, and never more often than every two seconds', () => {
    const { news, pass } = setUp();
    const [slow, eager] = [page('slow'), page('eager')];
    news.opened(slow, { wants: 'session', intervalS: 10 });
    news.opened(eager, { wants: 'session', intervalS: 0.001 });
    pass(30, 20);
    expect(slow.got).toHaveLength(3);
    expect(eager.got).toHaveLength(11);
  });

  it('is read for nobody once the pages have closed or gone without a word', () => {
    const { news, pass } = setUp();
    const [closed, gone] = [page('closed'), page('gone')];
    news.opened(closed, { wants: 'session', intervalS: 2 });
    news.opened(gone, { wants: 'session', intervalS: 2 });
    pass(30, 4);
    news.closed(closed);
    pass(30, 60);
    expect(closed.got).toHaveLength(3);
    const before = gone.got.length;
    expect(before).toBe(33);
    news.message(gone, { wants: 'session', intervalS: 2 });
    pass(30, 200);
    expect(gone.got.length - before).toBeLessThan(48);
    expect(vi.getTimerCount()).toBe(0);
    news.message(gone, { wants: 'session', intervalS: 2 });
    expect(gone.got.at(-1)?.session.powerW).toBeNull();
  });

  it('is told cell by cell: which cell, what it was computed in, and then only what has changed', async () => {
    const { news, service, spend, pass } = setUp();
    const one = page('one');
    service.beginCell('a', 1);
    spend(20, 3);
    const span = await service.handle('a', 'energy.begin', { name: 'fit' });
    spend(20, 2);
    await service.handle('a', 'energy.end', { id: span, options: {} });
    await service.endCell('a');
    news.opened(one, { wants: 'cells', intervalS: 2 });
    const { rows = [], isWhole } = one.got[0]?.cells ?? {};
    expect(isWhole).toBe(true);
    const [cell, fit] = [rows.find(({ kind }) => kind === 'cell'), rows.at(-1)];
    expect(cell).toMatchObject({
      ...{ name: 'In [1]', parent: null, status: 'ended', durationS: 5 },
      ...{ cellId: 'cell a', policies: ['fp32', 'bf16'] },
    });
    expect(cell?.energyJ.value).toBeCloseTo(100);
    expect(fit).toMatchObject({ name: 'fit', parent: cell?.id, cellId: null, policies: [] });
    service.beginCell('b', 2);
    pass(10, 2);
    const { cells } = one.got[1] ?? {};
    expect(cells?.isWhole).toBe(false);
    expect(cells?.rows.map(({ name, status }) => `${name} ${status}`)).toEqual(['In [2] open']);
    expect(cells?.power.at(-1)?.[2]).toBeCloseTo(10);
  });

  it('is told anew after it was begun anew', async () => {
    const { news, service, spend, pass } = setUp();
    const one = page('one');
    service.beginCell('a', 1);
    spend(20, 3);
    await service.endCell('a');
    news.opened(one, { wants: 'cells', intervalS: 2 });
    await service.handle('', 'energy.reset', {});
    pass(10, 2);
    const { session, cells } = one.got[1] ?? {};
    expect(cells?.isWhole).toBe(true);
    expect(cells?.rows.some(({ name }) => name === 'In [1]')).toBe(false);
    expect(session?.machineJ.value).toBeCloseTo(20);
  });
});

describe('a comm for the energy', () => {
  it('hears of the cell of the file and its policies, and nothing of a kernel that measures nothing', async () => {
    const { service, spend } = measuredService();
    const kernel = new TestKernel({
      energy: service,
      cells: {
        train: async () => {
          await kernel.events?.call('', 'policy.tell', { policy: 'fp16', keep: '', running: null });
          spend(50, 2);
          return undefined;
        },
      },
    });
    const id = kernel.send('execute_request', { code: 'train' }, 'shell', {
      metadata: { cellId: 'c1' },
    });
    await kernel.until(() => kernel.messagesOf(id).at(-1) === 'idle');
    const open = { comm_id: 'x', target_name: ENERGY_TARGET, data: { wants: 'cells' } };
    await kernel.request('comm_open', open);
    const sent = kernel.sent.find(
      ({ to, message }) => to === 'iopub' && message.content['comm_id'] === 'x',
    );
    const rows = energyMessage(sent?.message.content['data'])?.cells?.rows ?? [];
    expect(rows.find(({ kind }) => kind === 'cell')).toMatchObject({
      cellId: 'c1',
      policies: ['fp32', 'fp16'],
    });
    const silent = new TestKernel();
    await silent.request('comm_open', open);
    expect(silent.sent.some(({ message }) => message.type === 'comm_msg')).toBe(false);
  });
});

describe('a message of the energy', () => {
  it.each([
    [null],
    [{}],
    [{ session: {} }],
    [{ session: 3, cells: [] }],
    [{ session: { energyJ: { value: NaN } } }],
  ])('that is none is not read: %j', (data) => {
    expect(energyMessage(data)).toBeUndefined();
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOST, JUPYTER_DISPLAY } from '../../host';
import type { Host } from '../../host';
import { MIME } from '../../payloads/mime-types';
import { carbonReport as schema } from '../../payloads/carbon-report';
import {
  carbonCell,
  carbonReport,
  energyWindows,
  measureEnergy,
  resetEnergy,
  setCarbon,
} from '../measure';
import { gpuHours } from '../../analysis/gpu-hours/gpu-hours';
import { trainingBudget } from '../../analysis/gpu-hours/budget';
import { whatIfMeasured, whatIfSession } from '../what-if/what-if';
import { setEnergyBudget } from '../budget/set-budget';
import { energyJournal } from '../journal/energy-journal';
import { openJournal } from '../journal/open-journal';
import type { JournalWriter } from '../journal/open-journal';
import type { WindowRecord } from '../journal/records';
import { askedJournal } from './asked-journal';
import { FakeAccounts } from '../accounts/accounts.fixture';
import { EnergyMonitor } from '../monitor/monitor';
import type { WindowEnergy } from '../window';
import { createEnergyService } from './service';
import type { EnergyServiceOptions } from './service';

/** A kernel whose clock and counter the test turns. */
function kernel(options: Omit<EnergyServiceOptions, 'monitor'> = {}) {
  const state = { nowS: 0, joules: 0 };
  const accounts = new FakeAccounts();
  const monitor = (onEnded: (window: WindowEnergy) => void) =>
    new EnergyMonitor({
      onEnded,
      found: {
        meters: [
          {
            component: 'cpu',
            method: 'counter',
            source: 'fake counter',
            idle: { watts: 0, source: 'fake' },
            read: () => ({ joules: state.joules, gaps: 0, resets: 0 }),
          },
        ],
        absent: [{ device: 'NVML', reason: 'no-driver', message: 'No NVIDIA driver here.' }],
      },
      accounts,
      now: () => state.nowS,
    });
  const service = createEnergyService({ ...options, monitor });
  const spend = (joules: number): void => {
    state.joules += joules;
    state.nowS += 1;
    accounts.userCpuS += 1;
  };
  return { service, spend };
}

/** The cell process, joined to a service as by the kernel. */
function inNotebook(service: ReturnType<typeof createEnergyService>, requestId: string): void {
  const host: Pick<Host, 'call' | 'onNotify'> = {
    onNotify: () => undefined,
    call: async (method, params) => {
      const sent: unknown = structuredClone(params);
      return structuredClone(await service.handle(requestId, method, sent));
    },
  };
  (globalThis as { [HOST]?: unknown })[HOST] = host;
}

afterEach(() => {
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
});

describe('a cell', () => {
  it('shows nothing unless it was asked', async () => {
    const { service } = kernel();
    service.beginCell('a', 1);
    await expect(service.endCell('a')).resolves.toBeUndefined();
    await expect(service.endCell('never begun')).resolves.toBeUndefined();
  });

  it('shows its own energy after carbonCell', async () => {
    const { service, spend } = kernel();
    spend(100);
    service.beginCell('a', 3);
    inNotebook(service, 'a');
    await carbonCell({ gridIntensity: 360 });
    spend(10);
    const output = await service.endCell('a');
    const payload = schema.parse(output?.data[MIME.carbon]);
    expect(payload).toMatchObject({
      title: 'Energy and CO2e of In [3]',
      scope: 'cell',
      total: { durationS: 1, energyJ: { value: 10 } },
    });
    expect(payload.total.co2eG.value).toBeCloseTo(0.001, 12);
    service.beginCell('b');
    await expect(service.endCell('b')).resolves.toBeUndefined();
  });

  it('gives the grid and PUE of setCarbon to all that make grams and say nothing else', async () => {
    const { service, spend } = kernel();
    inNotebook(service, 'a');
    spend(100);
    await setCarbon(true, { region: 'FRA', pue: 1.5 });
    const run = { energyJ: 3.6e6 };
    const training = { stepS: 1, steps: 3600, powerW: 1000 } as const;
    const told = [
      String(await whatIfMeasured(run)),
      String(await whatIfSession()),
      String(await gpuHours(training)),
      String(await trainingBudget({ stepS: 1, powerW: 1000, budgetJ: 1e6 })),
    ];
    for (const text of told) {
      expect(text).toContain('France');
      expect(text).toContain('PUE 1.5');
    }
    const elsewhere = String(await gpuHours({ ...training, gridIntensity: 50 }));
    expect(elsewhere).not.toContain('France');
    expect(elsewhere).toContain('PUE 1.5');
    await setCarbon(false);
    expect(String(await whatIfMeasured(run))).toContain('the world average is taken');
  });

  it('is shown from setCarbon(true) until setCarbon(false), with its options', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    await setCarbon(true, { region: 'FRA', pue: 1.2 });
    service.beginCell('b');
    const output = await service.endCell('b');
    expect(Object.keys(output?.data ?? {})).toEqual(['text/html', 'text/plain']);
    expect(output?.data['text/plain']).toMatch(/^cell 1: 0 J, 0 g CO2e, 0 s, estimated$/);
    expect((await carbonReport()).payload).toMatchObject({
      intensity: { region: 'FRA' },
      pue: 1.2,
    });
    await setCarbon(false);
    service.beginCell('c');
    await expect(service.endCell('c')).resolves.toBeUndefined();
  });
});

describe('setCarbon(false)', () => {
  it('restores the world average and a PUE of 1', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    await setCarbon(true, { region: 'FRA', pue: 1.2 });
    await setCarbon(true);
    const during = await carbonReport();
    expect(during.payload).toMatchObject({ intensity: { region: 'FRA' }, pue: 1.2 });
    await setCarbon(false);
    const after = await carbonReport();
    expect(after.payload).toMatchObject({ intensity: { region: 'WORLD' }, pue: 1 });
    expect(after.payload.notes.join(' ')).toContain('No region given: world average');
  });

  it('takes no options, and then changes nothing', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    expect(() => setCarbon(false, { region: 'DEU', pue: 1.1 })).toThrow(
      /setCarbon\(false\) takes no region or pue/,
    );
    expect((await carbonReport()).payload.intensity.region).toBe('WORLD');
  });
});

describe('the session', () => {
  it('is the whole energy, its windows, and what the figures need to be understood', async () => {
    const { service, spend } = kernel();
    service.beginCell('a', 1);
    spend(4);
    await service.endCell('a');
    spend(6);
    inNotebook(service, 'b');
    const view = await carbonReport();
    const payload = schema.parse(view.payload);
    expect(payload.total).toMatchObject({ name: 'session', machineJ: { value: 10 } });
    expect(payload.windows).toMatchObject([
      { name: 'outside cells', kind: 'outside' },
      { name: 'In [1]', parent: payload.total.id, machineJ: { value: 4 } },
    ]);
    expect(payload.notes.join(' ')).toMatch(/No region given: world average.*No NVIDIA driver/);
    expect(view[JUPYTER_DISPLAY]()['text/plain']).toContain('10.00 J');
  });

  it('keeps a stated intensity when another report names a region', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    await setCarbon(true, { gridIntensity: 10 });
    const regional = await carbonReport({ region: 'FRA' });
    const again = await carbonReport();
    expect([regional.payload.intensity.region, again.payload.intensity.region]).toEqual([
      'FRA',
      'given',
    ]);
  });

  it('has all windows in its data, and some forty of them in its table', async () => {
    const { service, spend } = kernel();
    for (let i = 1; i <= 60; i++) {
      service.beginCell(`${i}`, i);
      spend(i);
      await service.endCell(`${i}`);
    }
    inNotebook(service, 'x');
    const view = await carbonReport();
    expect(view.payload.windows).toHaveLength(61);
    // And one in the sentence before it.
    expect(view.toString().match(/In \[\d+\]/g)).toHaveLength(39);
    expect(view.toString()).toContain('22 smaller windows are not listed');
  });
});

describe('measureEnergy', () => {
  it('gives the value, its energy and its CO2e, and lists the window', async () => {
    const { service, spend } = kernel();
    inNotebook(service, 'a');
    const order: string[] = [];
    const measured = await measureEnergy(
      'train',
      () => {
        order.push('work');
        spend(3.6e6);
        return 42;
      },
      { gridIntensity: 100, synchronize: () => void order.push('sync') },
    );
    expect(measured).toMatchObject({
      value: 42,
      energyJ: 3.6e6,
      co2eG: 100,
      method: 'estimated',
      complete: true,
    });
    expect(order).toEqual(['sync', 'work', 'sync']);
    expect((await carbonReport()).payload.windows.map(({ name }) => name)).toContain('train');
  });

  it('ends the window of work that fails, and throws what it threw', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    const work = (): never => {
      throw new Error('diverged');
    };
    await expect(measureEnergy('train', work)).rejects.toThrow('diverged');
    expect((await carbonReport()).payload.windows.at(-1)?.name).toBe('train');
  });

  it('measures in this process where there is no notebook', async () => {
    const { value, energyJ, durationS, method } = await measureEnergy('spin', () => {
      const until = performance.now() + 120;
      let turns = 0;
      while (performance.now() < until) turns++;
      return turns;
    });
    expect(value).toBeGreaterThan(0);
    expect(energyJ).toBeGreaterThan(0);
    expect(durationS).toBeGreaterThan(0.119);
    expect(method).toMatch(/^(estimated|modelled)$/);
  });
});

describe('windows as data', () => {
  it('are all there, with those that are open', async () => {
    const { service, spend } = kernel();
    inNotebook(service, 'a');
    service.beginCell('a', 1);
    spend(5);
    const windows = await energyWindows();
    expect(windows.map(({ name, status }) => [name, status])).toEqual([
      ['session', 'open'],
      ['outside cells', 'open'],
      ['In [1]', 'open'],
    ]);
    await resetEnergy();
    spend(2);
    await service.endCell('a');
    const after = await energyWindows();
    expect(after.map(({ name, machineJ }) => [name, machineJ.value])).toEqual([
      ['session', 2],
      ['outside cells', 0],
      ['In [1]', 2],
    ]);
  });
});

describe('an energy budget', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function budgeted() {
    const said: [string | undefined, string][] = [];
    const stopped: string[] = [];
    const parts = kernel({
      ports: {
        say: (requestId, message) => {
          if (requestId !== undefined) said.push([requestId, message]);
          return requestId !== undefined;
        },
        stopTraining: (requestId) => void stopped.push(requestId),
      },
    });
    inNotebook(parts.service, 'a');
    return { ...parts, said, stopped };
  }

  it('is told in the running cell, and then ends what trains', async () => {
    const { service, spend, said, stopped } = budgeted();
    expect(String(await setEnergyBudget('1 kJ', { stop: true }))).toBe(
      'Energy budget of the session: 0 J of 1.00 kJ (0%); a running fit ends when it is spent.',
    );
    service.beginCell('a', 1);
    spend(850);
    vi.advanceTimersByTime(1000);
    spend(850);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual([
      ['a', 'The energy budget nears its end: 850 J of 1.00 kJ (85.0%).'],
      ['a', 'The energy budget is spent: 1.70 kJ of 1.00 kJ (170.0%).'],
    ]);
    expect(stopped).toEqual(['a']);
    service.close();
  });

  it('is told in the next cell when what ran in the background has spent it', async () => {
    const { service, spend, said } = budgeted();
    await setEnergyBudget({ energyJ: 10 });
    spend(50);
    vi.advanceTimersByTime(1000);
    expect(said).toEqual([]);
    service.beginCell('b', 2);
    expect(said).toMatchObject([['b', expect.stringContaining('is spent')]]);
    service.close();
  });

  it('of CO2e goes by the grid of setCarbon, begins anew with the session, and can be lifted', async () => {
    const { service, spend, said } = budgeted();
    await setCarbon(true, { gridIntensity: 360 });
    await setEnergyBudget('1 g');
    service.beginCell('a', 1);
    // 360 g/kWh are 0.1 g/kJ.
    spend(9000);
    vi.advanceTimersByTime(1000);
    expect(said).toMatchObject([['a', expect.stringContaining('900 mg CO2e of 1.00 g CO2e')]]);
    await resetEnergy();
    spend(9000);
    vi.advanceTimersByTime(1000);
    expect(said).toHaveLength(2);
    expect(String(await setEnergyBudget('off'))).toBe('There is no energy budget.');
    spend(1e6);
    vi.advanceTimersByTime(5000);
    expect(said).toHaveLength(2);
    service.close();
  });

  it('is refused with what is allowed', async () => {
    budgeted();
    await expect(setEnergyBudget('5 calories')).rejects.toThrow(/'5 calories' is no energy budget/);
  });
});

describe('the journal', () => {
  function journaled() {
    const records: WindowRecord[] = [];
    const journal: JournalWriter = {
      path: 'memory',
      lost: 0,
      append: (record) => void records.push(record),
      close: () => undefined,
    };
    const parts = kernel({ journal: () => ({ journal }) });
    inNotebook(parts.service, 'a');
    return { ...parts, records };
  }

  it('gets each window when it ends, with the cell that it belongs to', async () => {
    const { service, spend, records } = journaled();
    service.beginCell('a', 7);
    await measureEnergy('train', () => {
      spend(5);
    });
    await service.endCell('a', 'interrupted');
    const cell = { requestId: 'a', executionCount: 7 };
    expect(records).toMatchObject([
      { kind: 'window', ...cell, window: { name: 'train', machineJ: { value: 5 } } },
      { kind: 'window', ...cell, window: { name: 'In [7]', status: 'interrupted' } },
    ]);
    service.close();
    expect(records.slice(2).map(({ window }) => window.name)).toContain('session');
  });

  it('tells where it is, what it holds and whether it is whole', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'halfnote-journal-'));
    const path = join(folder, 'run.jsonl');
    const { service, spend } = kernel({ journal: () => ({ journal: openJournal(path) }) });
    inNotebook(service, 'a');
    service.beginCell('a', 1);
    await measureEnergy('train', () => {
      spend(5);
    });
    await service.endCell('a');
    expect(String(await energyJournal()).split('\n')).toEqual([
      `Energy journal: ${path}`,
      'It holds 1 session: 2 windows, 2 of them of this session.',
      'Its chain of hashes is whole.',
    ]);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"name":"train"', '"name":"other"'));
    expect(String(await energyJournal())).toContain(
      "not whole:\n- Line 2 is not what was written: its hash doesn't fit its content.",
    );
    rmSync(path);
    expect(String(await energyJournal())).toContain('is not a readable energy journal: ENOENT');
    service.close();
    rmSync(folder, { recursive: true });
  });

  it('that is not kept says how to keep one', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    expect(String(await energyJournal())).toMatch(
      /^No energy journal is kept\..*HALFNOTE_ENERGY_JOURNAL/,
    );
  });

  it('that cannot be written is told once, in the first cell, and nothing else changes', () => {
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    const path = '/nowhere/at/all.jsonl';
    expect(askedJournal(say, { HALFNOTE_ENERGY_JOURNAL: path }).journal).toBeUndefined();
    expect(said).toEqual([
      expect.stringMatching(/all\.jsonl" can't be written: ENOENT.* without it/),
    ]);
    expect(askedJournal(say, {})).toEqual({});
    expect(said).toHaveLength(1);
  });
});

describe('a cell that is interrupted', () => {
  it('ends with what it has opened, as interrupted, and late work still gets its figures', async () => {
    const { service, spend } = kernel();
    inNotebook(service, 'a');
    service.beginCell('a', 1);
    const id = await service.handle('a', 'energy.begin', { name: 'fit' });
    spend(5);
    await service.endCell('a', 'interrupted');
    const windows = await energyWindows();
    expect(windows.slice(2).map(({ name, status }) => [name, status])).toEqual([
      ['In [1]', 'interrupted'],
      ['fit', 'interrupted'],
    ]);
    await expect(service.handle('a', 'energy.end', { id, options: {} })).resolves.toMatchObject({
      window: { status: 'interrupted', machineJ: { value: 5 } },
    });
  });

  it('ends what it has opened when it fails, so that later cells do not lie within', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    service.beginCell('a', 1);
    await service.handle('a', 'energy.begin', { name: 'epoch 1' });
    await service.endCell('a', 'failed');
    service.beginCell('b', 2);
    await service.endCell('b');
    const windows = await energyWindows();
    const [session] = windows;
    expect(windows.slice(2)).toMatchObject([
      { name: 'In [1]', status: 'ended' },
      { name: 'epoch 1', status: 'interrupted' },
      { name: 'In [2]', status: 'ended', parent: session?.id },
    ]);
  });

  it('ends what earlier cells have opened only when their process is lost', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    service.beginCell('a', 1);
    await service.handle('a', 'energy.begin', { name: 'later' });
    await service.endCell('a');
    service.beginCell('b', 2);
    await service.endCell('b', 'interrupted');
    expect((await energyWindows()).find(({ name }) => name === 'later')?.status).toBe('open');
    service.work({ kind: 'lost' });
    expect((await energyWindows()).find(({ name }) => name === 'later')?.status).toBe(
      'interrupted',
    );
  });
});

describe('a wrong call', () => {
  it('is refused with what is allowed', async () => {
    const { service } = kernel();
    await expect(service.handle('a', 'energy.reprot', {})).rejects.toThrow(
      /It answers energy.report, .*energy.end/,
    );
    await expect(service.handle('a', 'energy.end', { id: 7, options: {} })).rejects.toThrow(/7/);
    await expect(service.handle('a', 'energy.begin', { name: 1 })).rejects.toThrow(/energy\.begin/);
  });

  it('is refused in the words of the library, not of its messages', async () => {
    const { service } = kernel();
    inNotebook(service, 'a');
    for (const ask of [carbonReport, carbonCell]) {
      await expect(ask({ gridIntensity: NaN })).rejects.toThrow(/^gridIntensity is NaN/);
      await expect(ask({ gridIntensity: '5' as unknown as number })).rejects.toThrow(
        /^gridIntensity is '5'; it must be a number/,
      );
      await expect(ask({ pue: NaN })).rejects.toThrow(/^pue is NaN/);
      await expect(ask({ pue: '2' as unknown as number })).rejects.toThrow(
        /^pue is '2'; .* number/,
      );
      await expect(ask({ region: 33 as unknown as string })).rejects.toThrow(/^region is 33/);
    }
  });

  it('is refused at once for an unknown region, and for a cell where there is none', async () => {
    expect(() => setCarbon(true, { region: 'FRX' })).toThrow(/Did you mean/);
    await expect(carbonCell()).rejects.toThrow(/measureEnergy/);
  });
});

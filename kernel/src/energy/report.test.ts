import { describe, expect, it } from 'vitest';
import { carbonReport } from '../payloads/carbon-report';
import { encodeNumbers } from '../display/numbers';
import { carbonReportPayload, windowsWithin } from './report';
import { sampleReport, sessionWindows } from './session.fixture';
import { partOf, windowOf } from './window.fixture';

const monitor = { absent: [], notes: [] };

function reportOf(total: ReturnType<typeof windowOf>, options = { gridIntensity: 100 }) {
  return carbonReportPayload({
    title: 'Energy',
    scope: 'cell',
    total,
    windows: [],
    options,
    monitor,
  });
}

const joules = { user: 3.6e6, halfnote: 1e5, rest: 7e6 };

describe('a carbon report', () => {
  it('holds real numbers', () => {
    const report = sampleReport();
    // A number by its type too: this line is what it tests.
    expect(report.windows[0]?.durationS.toFixed(1)).toBe('287.0');
    expect(report.total.energyJ.value.toFixed(0)).toBe('853');
  });

  it('has grams for the user and for the machine, with the intervals of their joules', () => {
    const { total } = reportOf(windowOf({ id: 1, name: 'In [1]', accountsJ: joules }));
    expect(total.co2eG.value).toBeCloseTo(100, 10);
    expect(total.co2eG.low).toBeCloseTo(95, 10);
    expect(total.co2eG.high).toBeCloseTo(105, 10);
    expect(total.machineCo2eG.value).toBeCloseTo((10.7e6 / 3.6e6) * 100, 10);
    const { total: doubled } = carbonReportPayload({
      ...{ title: '', scope: 'cell', windows: [], monitor },
      total: windowOf({ id: 1, name: 'In [1]', accountsJ: joules }),
      options: { gridIntensity: 100, pue: 2 },
    });
    expect(doubled.co2eG.value).toBeCloseTo(200, 10);
  });

  it('is incomplete when a device could not be read, and says which', () => {
    const problems = ['RAPL package-1 could not be read: EACCES'];
    const report = reportOf(windowOf({ id: 1, name: 'In [1]', accountsJ: joules, problems }));
    expect(report.complete).toBe(false);
    expect(report.notes).toContain(problems[0]);
    expect(report.total.co2eG.complete).toBe(false);
  });

  it('speaks of the wall socket only where a counter was read', () => {
    const modelled = windowOf({
      ...{ id: 1, name: 'In [1]', accountsJ: joules },
      parts: [partOf('cpu', joules, null, 'modelled')],
    });
    const counted = windowOf({ id: 1, name: 'In [1]', accountsJ: joules });
    expect(reportOf(modelled).notes.join()).not.toContain('wall');
    expect(reportOf(counted).notes.join()).toContain('below the wall');
  });

  it('knows the idle part only where every device tells it', () => {
    const cpu = partOf('cpu', joules, 5e6);
    const of = (parts: ReturnType<typeof partOf>[]) =>
      reportOf(windowOf({ id: 1, name: 'In [1]', accountsJ: joules, parts })).total.idleJ;
    expect(of([cpu])).toEqual({ user: null, machine: 5e6 });
    expect(of([{ ...cpu, userIdleJ: 1e6 }, partOf('gpu', joules, 2e6)])).toEqual({
      user: null,
      machine: 7e6,
    });
    expect(of([{ ...cpu, userIdleJ: 1e6 }, partOf('gpu', joules)]).machine).toBeNull();
  });

  it('comes back from JSON as it was', () => {
    const report = sampleReport();
    const endless = {
      ...report,
      total: { ...report.total, machineJ: { ...report.total.machineJ, high: Infinity } },
    };
    const sent: unknown = JSON.parse(JSON.stringify(encodeNumbers(endless)));
    expect(carbonReport.parse(sent)).toEqual(endless);
  });

  it('lists every window, however many there are', () => {
    const windows = Array.from({ length: 500 }, (_, id) =>
      windowOf({ id, parent: id === 0 ? null : 0, name: `w ${id}`, accountsJ: joules }),
    );
    expect(sampleReport(windows).windows).toHaveLength(499);
  });
});

describe('the windows within a window', () => {
  it('are those that began in it, and in those', () => {
    expect(windowsWithin(3, sessionWindows).map(({ name }) => name)).toEqual([
      'train fp32',
      'epoch 1',
      'epoch 2',
      'train bf16',
    ]);
    expect(windowsWithin(6, sessionWindows)).toEqual([]);
  });
});

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { battery } from './battery';
import type { Check, Finding } from './check';
import { clockStep } from './clock-step';
import { type FakeSight, fakeSight } from './fake-sight.fixture';
import { governor } from './governor';
import { sightOf } from './sight';
import { steal } from './steal';
import { suspend } from './suspend';
import { swap } from './swap';
import { throttling } from './throttling';
import { turbo } from './turbo';
import { CHECKS, watchMachine } from './watch';

const CPU = '/sys/devices/system/cpu';
const SUPPLY = '/sys/class/power_supply';

function found(
  check: Check,
  sight: FakeSight,
  meanwhile: () => void = () => undefined,
): readonly Finding[] {
  const end = check.begin(sight);
  if (end === undefined) throw new Error('this machine does not tell');
  meanwhile();
  return end();
}

describe('checks around a measurement', () => {
  it('find time that the host gave to others, above one percent', () => {
    const sight = fakeSight({ '/proc/stat': 'cpu  100 0 100 800 0 0 0 0 50 0\ncpu0 1 2' });
    const quiet = (): void =>
      void sight.files.set('/proc/stat', 'cpu  600 0 100 1290 0 0 0 10 500 0');
    expect(found(steal, sight, quiet)).toEqual([]);
    const busy = (): void =>
      void sight.files.set('/proc/stat', 'cpu  900 0 100 1590 0 0 0 410 0 0');
    expect(found(steal, sight, busy)).toMatchObject([
      { severity: 'invalid', detail: expect.stringContaining('40.0 %') as string },
    ]);
  });

  it('find that the machine slept', () => {
    const sight = fakeSight({ '/proc/uptime': '5000.01 9999.9' });
    expect(
      found(suspend, sight, () => {
        sight.pass(3600);
      }),
    ).toEqual([]);
    const slept = (): void => {
      sight.pass(10);
      sight.files.set('/proc/uptime', '8700.01 1');
    };
    expect(found(suspend, sight, slept)).toMatchObject([
      { severity: 'invalid', detail: expect.stringContaining('slept for 90.0 s') as string },
    ]);
  });

  it('find that heat slowed the processor down', () => {
    const sight = fakeSight({
      [`${CPU}/cpu0/thermal_throttle/core_throttle_count`]: '7',
      [`${CPU}/cpu11/thermal_throttle/package_throttle_count`]: '2',
      [`${CPU}/cpufreq/policy0/scaling_governor`]: 'powersave',
    });
    expect(found(throttling, sight)).toEqual([]);
    const hot = (): void =>
      void sight.files.set(`${CPU}/cpu11/thermal_throttle/package_throttle_count`, '5');
    expect(found(throttling, sight, hot)).toMatchObject([
      { severity: 'invalid', detail: expect.stringContaining('rose by 3') as string },
    ]);
  });

  it('tell a little swapping from so much that the disk was measured', () => {
    const sight = fakeSight({ '/proc/vmstat': 'nr_free_pages 1\npswpin 10\npswpout 20' });
    const swapped = (pages: number) => (): void => {
      sight.pass(10);
      sight.files.set('/proc/vmstat', `pswpin ${10 + pages}\npswpout 20`);
    };
    expect(found(swap, sight)).toEqual([]);
    expect(found(swap, sight, swapped(5))).toMatchObject([{ severity: 'warning' }]);
    sight.files.set('/proc/vmstat', 'pswpin 10\npswpout 20');
    expect(found(swap, sight, swapped(5000))).toMatchObject([
      { severity: 'invalid', detail: expect.stringContaining('500.0 a second') as string },
    ]);
  });

  it('find a machine on its battery, and one that changed over', () => {
    const sight = fakeSight({
      [`${SUPPLY}/AC/type`]: 'Mains',
      [`${SUPPLY}/AC/online`]: '1',
      [`${SUPPLY}/BAT0/type`]: 'Battery',
      [`${SUPPLY}/BAT0/status`]: 'Full',
    });
    expect(found(battery, sight)).toEqual([]);
    const unplug = (): void => void sight.files.set(`${SUPPLY}/AC/online`, '0');
    expect(found(battery, sight, unplug)).toMatchObject([{ severity: 'invalid' }]);
    expect(found(battery, sight)).toMatchObject([{ severity: 'warning' }]);
  });

  it("take a mouse's battery for no battery of the machine", () => {
    const sight = fakeSight({ [`${SUPPLY}/m/type`]: 'Battery', [`${SUPPLY}/m/scope`]: 'Device' });
    expect(battery.begin(sight)).toBeUndefined();
  });

  it('find a clock that follows the load, and turbo by either interface', () => {
    const steady = fakeSight({
      [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'performance',
      [`${CPU}/intel_pstate/no_turbo`]: '1',
    });
    expect(found(governor, steady)).toEqual([]);
    expect(found(turbo, steady)).toEqual([]);
    const lively = fakeSight({
      [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'powersave',
      [`${CPU}/cpu1/cpufreq/scaling_governor`]: 'powersave',
      [`${CPU}/cpufreq/boost`]: '1',
    });
    expect(found(governor, lively)).toMatchObject([
      { severity: 'warning', detail: expect.stringContaining('(powersave)') as string },
    ]);
    expect(found(turbo, lively)).toMatchObject([{ severity: 'warning' }]);
  });

  it('tell a clock that was set from one that is steered', () => {
    const sight = fakeSight();
    const steered = (): void => {
      sight.pass(100);
      sight.wall += 0.04;
    };
    expect(found(clockStep, sight, steered)).toEqual([]);
    const set = (): void => void (sight.wall -= 3600);
    expect(found(clockStep, sight, set)).toMatchObject([
      { severity: 'warning', detail: expect.stringContaining('-3600.00 s') as string },
    ]);
  });

  it('take no sleep for a clock that was set: the clock on the wall goes on meanwhile', () => {
    let uptimeS = 5000;
    const sight = fakeSight({ '/proc/uptime': `${uptimeS} 0` });
    const asleep = (): void => {
      sight.files.set('/proc/uptime', `${(uptimeS += 900)} 0`);
      sight.wall += 900;
    };
    expect(found(clockStep, sight, asleep)).toEqual([]);
    expect(found(suspend, sight, asleep)).toMatchObject([{ severity: 'invalid' }]);
  });

  it('say what a machine does not tell, and nothing else of it', () => {
    const { findings, unknown } = watchMachine(fakeSight())();
    expect(findings).toEqual([]);
    expect(unknown).toEqual(
      CHECKS.map(({ concern }) => concern).filter((concern) => concern !== 'clock step'),
    );
  });

  it('read a real tree of files', () => {
    const root = mkdtempSync(join(tmpdir(), 'halfnote-sight-'));
    const file = join(root, CPU, 'cpu0/cpufreq/scaling_governor');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'ondemand\n');
    const sight = sightOf(root);
    expect(watchMachine(sight, [governor])().findings).toMatchObject([
      { detail: expect.stringContaining('(ondemand)') as string },
    ]);
    expect(watchMachine(sight, [steal])().unknown).toEqual(['steal']);
  });
});

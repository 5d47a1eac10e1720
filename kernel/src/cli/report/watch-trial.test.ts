import { describe, expect, it } from 'vitest';
import { fakeSight } from '../../energy/trials/checks/fake-sight.fixture';
import { makeReport } from '../../report/make/make-report';
import { factsOf, trialOf } from '../../report/report.fixture';
import { machineSettings } from './machine-settings';
import { watchTrial } from './watch-trial';

const CPU = '/sys/devices/system/cpu';
const SUPPLY = '/sys/class/power_supply';

describe('a machine while a trial runs', () => {
  it('whose clock is set leaves the verdict VALID, with what is off by that', () => {
    const sight = fakeSight({ '/proc/uptime': '5000 0' });
    const end = watchTrial(sight);
    sight.pass(60);
    sight.wall += 7200;
    const { states, ...watched } = end();
    expect(states).toHaveLength(2);
    expect(watched.clockStepS).toBeCloseTo(7200, 6);
    const { verdict, energy } = makeReport(factsOf([{ ...trialOf(), ...watched }]));
    expect(verdict.valid).toBe(true);
    expect(verdict.remarks).toEqual([
      expect.stringMatching(/^trial 1: the clock was set forward by 7200\.00 s: times of day/),
    ]);
    expect(energy).toEqual(makeReport(factsOf([trialOf()])).energy);
  });

  it('that slept had its clock set by nobody: the figures are what is spoilt', () => {
    const sight = fakeSight({ '/proc/uptime': '5000 0' });
    const end = watchTrial(sight);
    sight.pass(60);
    // All but the monotonic clock go on.
    sight.files.set('/proc/uptime', '5960 0');
    sight.wall += 900;
    const { clockStepS, problems, warnings } = end();
    expect({ clockStepS, warnings }).toEqual({ clockStepS: 0, warnings: [] });
    expect(problems).toEqual([expect.stringMatching(/slept for 900\.0 s.*[^.]$/)]);
  });

  it('has its settings in the report, each with its reason where it is not told', () => {
    const sight = fakeSight({
      [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'performance',
      [`${CPU}/smt/active`]: '1',
      [`${SUPPLY}/AC/type`]: 'Mains',
      [`${SUPPLY}/AC/online`]: '1',
    });
    const end = watchTrial(sight);
    sight.files.set(`${CPU}/cpu0/cpufreq/scaling_governor`, 'powersave');
    expect(machineSettings(end().states)).toEqual({
      'machine.governor': 'performance, then powersave',
      'machine.turbo': null,
      'machine.turbo.unknown':
        'neither intel_pstate/no_turbo nor cpufreq/boost of /sys/devices/system/cpu can be read',
      'machine.smt': 'on',
      'machine.powerSource': 'mains',
    });
    const mute = machineSettings(watchTrial(fakeSight())().states);
    expect(Object.entries(mute).filter(([, value]) => value === null)).toHaveLength(4);
    expect(Object.keys(mute)).toHaveLength(8);
  });
});

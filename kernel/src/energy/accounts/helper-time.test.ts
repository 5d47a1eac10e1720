import { expect, it } from 'vitest';
import { HelperTime } from './helper-time';
import type { ProcessStat } from './proc';

function shown(pid: number, ownS: number): Map<number, ProcessStat> {
  return new Map([[pid, { pid, ownS, residentBytes: 1000 } as ProcessStat]]);
}

it('goes by what a helper says, and by the system for what it did since', () => {
  const time = new HelperTime();
  expect(time.read({ pid: 7, cpuS: 0.123 }, shown(7, 0.12))).toEqual({
    cpuS: 0.123,
    residentBytes: 1000,
    isGuessed: false,
  });
  expect(time.read({ pid: 7, cpuS: 0.123 }, shown(7, 0.2))).toMatchObject({
    cpuS: 0.2,
    isGuessed: true,
  });
  expect(time.read({ pid: 7, cpuS: 0.204 }, shown(7, 0.2))).toMatchObject({
    cpuS: 0.204,
    isGuessed: false,
  });
  expect([time.accountedS(7), time.accountedS(8)]).toEqual([0.204, undefined]);
});

it('never falls, where a helper ends and another comes', () => {
  const time = new HelperTime();
  time.read({ pid: 7, cpuS: 0.3 }, shown(7, 0.31));
  expect(time.read(undefined, new Map())).toMatchObject({ cpuS: 0.31, isGuessed: false });
  expect(time.read({ pid: 9, cpuS: 0.1 }, shown(9, 0.05)).cpuS).toBeCloseTo(0.41);
});

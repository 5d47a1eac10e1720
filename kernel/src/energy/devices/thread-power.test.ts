import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HalfnoteError } from '../../errors';
import { PROCESSORS, knownProcessor } from './tdp-table';
import { threadPower } from './thread-power';
import { FakeProc } from './trees.fixture';

const VIRTUAL = { flags: 'fpu hypervisor' };

describe('threadPower', () => {
  let tree: FakeProc;
  beforeEach(() => {
    tree = new FakeProc();
  });
  afterEach(() => {
    tree.dispose();
  });

  function power(options: Parameters<typeof threadPower>[0] = {}): ReturnType<typeof threadPower> {
    return threadPower({ proc: tree.root, env: {}, ...options });
  }

  it('takes the TDP that is given, of all threads of the machine', () => {
    tree.processor('AMD EPYC 7763 64-Core Processor', { threads: 8 });
    expect(power({ tdp: { watts: 280 } })).toMatchObject({
      wattsPerThread: 35,
      figure: 'TDP given, 280 W / 8 threads',
      band: { low: 0.6, high: 1.4 },
    });
    expect(power({ env: { HALFNOTE_TDP_W: '100' } }).wattsPerThread).toBe(12.5);
    expect(power({ env: { HALFNOTE_TDP_W: '280/128' } }).wattsPerThread).toBe(2.1875);
  });

  it("has the maker's TDP of all sockets on the metal, whatever threads are switched off", () => {
    tree.processor('AMD EPYC 7763 64-Core Processor', { threads: 256, sockets: 2 });
    expect(power()).toMatchObject({
      wattsPerThread: 560 / 256,
      figure:
        'TDP 2 x 280 W / 256 threads of EPYC 7763 (AMD product specifications, EPYC 7003, 2021)',
    });
    tree.processor('AMD EPYC 7763 64-Core Processor', { threads: 64 });
    expect(power().wattsPerThread).toBe(280 / 64);
  });

  it('takes a share of a socket in a virtual machine', () => {
    tree.processor('Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz', { threads: 4, ...VIRTUAL });
    expect(power()).toMatchObject({
      wattsPerThread: 150 / 40,
      figure:
        'TDP 150 W / 40 threads of Xeon Gold 6148 (Intel product specifications, Xeon Scalable, 1st generation, 2017)',
    });
  });

  it('takes 4 W, with a wide band, for a processor that is not known', () => {
    tree.processor('AMD EPYC', VIRTUAL);
    const unknown = power();
    expect(unknown.wattsPerThread).toBe(4);
    expect(unknown.figure).toBe(
      "4 W a thread, CodeCarbon's constant for unknown processors: AMD EPYC",
    );
    for (const { tdpW, threads } of PROCESSORS.values()) {
      expect(tdpW / threads).toBeGreaterThanOrEqual(4 * unknown.band.low);
      expect(tdpW / threads).toBeLessThanOrEqual(4 * unknown.band.high);
    }
    tree.remove('cpuinfo');
    expect(power().wattsPerThread).toBe(4);
  });

  it.each(['none', '-5', '0', '1e9', '280/0', '280/', 'NaN', '280W'])(
    'refuses HALFNOTE_TDP_W=%s, saying what is allowed',
    (value) => {
      expect(() => power({ env: { HALFNOTE_TDP_W: value } })).toThrow(
        `HALFNOTE_TDP_W is "${value}"; allowed are watts above 0`,
      );
    },
  );

  it.each([
    { watts: NaN },
    { watts: -1 },
    { watts: '5' as unknown as number },
    { watts: 5, threads: 0.5 },
  ])('refuses a TDP of %j', (tdp) => {
    tree.processor('AMD EPYC');
    expect(() => power({ tdp })).toThrow(HalfnoteError);
  });
});

describe('knownProcessor', () => {
  it.each([
    ['AMD EPYC 7763 64-Core Processor', 'EPYC 7763'],
    ['Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz', 'Xeon E5-2680 v4'],
    ['Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz', 'Xeon E5-2670'],
    ['Intel(R) Xeon(R) Platinum 8380 CPU @ 2.30GHz', 'Xeon Platinum 8380'],
    ['INTEL(R) XEON(R) PLATINUM 8592+', 'Xeon Platinum 8592+'],
    ['13th Gen Intel(R) Core(TM) i9-13900K', 'Core i9-13900K'],
    ['Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz', 'Core i7-8550U'],
    ['AMD Ryzen 7 5800H with Radeon Graphics', 'Ryzen 7 5800H'],
    ['AMD Ryzen Threadripper PRO 3995WX 64-Cores', 'Ryzen Threadripper PRO 3995WX'],
    ['AMD Ryzen 9 5950X 16-Core Processor', 'Ryzen 9 5950X'],
  ])('knows %s', (modelName, name) => {
    expect(knownProcessor(modelName)?.name).toBe(name);
  });

  it.each([
    'AMD EPYC',
    'Intel Xeon Processor (Skylake)',
    'Intel(R) Xeon(R) CPU @ 2.20GHz',
    '',
    'EPYC 776',
  ])('takes "%s" for none of those it knows', (modelName) => {
    expect(knownProcessor(modelName)).toBeUndefined();
  });

  it('has sensible figures throughout', () => {
    expect(PROCESSORS.size).toBeGreaterThan(300);
    for (const { name, tdpW, threads } of PROCESSORS.values()) {
      const perThread = tdpW / threads;
      expect(perThread > 0.9 && perThread < 17.5, `${name}: ${perThread} W a thread`).toBe(true);
    }
  });
});

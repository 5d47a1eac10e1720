import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MeterFailure } from './failure';
import type { Found, Meter } from './meter';
import { findRapl } from './rapl';
import { AMD_RANGE_UJ, FakePowercap } from './trees.fixture';

const J = 1_000_000;

describe('findRapl', () => {
  let tree: FakePowercap;
  beforeEach(() => {
    tree = new FakePowercap();
  });
  afterEach(() => {
    tree.dispose();
  });

  function find(): Found {
    return findRapl(tree.root, tree.read);
  }

  function only(): Meter {
    const [meter, ...others] = find().meters;
    if (meter === undefined || others.length > 0) throw new Error('not one meter');
    return meter;
  }

  it('counts packages and their DRAM, and neither parts of a package nor what holds it', () => {
    tree.zone('intel-rapl:0', 'package-0', J);
    tree.zone('intel-rapl:0:0', 'core', 5);
    tree.zone('intel-rapl:0:1', 'uncore', 5);
    tree.zone('intel-rapl:0:2', 'dram', J / 2);
    tree.zone('intel-rapl:1', 'package-1', 3);
    tree.zone('intel-rapl:2', 'psys', 9);
    const { meters, absent } = find();
    expect(absent).toEqual([]);
    expect(meters.map(({ component, source }) => [component, source])).toEqual([
      ['cpu', 'RAPL package-0'],
      ['dram', 'RAPL dram of package-0'],
      ['cpu', 'RAPL package-1'],
    ]);
    for (const meter of meters) meter.read(0);
    tree.set('intel-rapl:0', 3.5 * J);
    tree.set('intel-rapl:0:2', 0.75 * J);
    expect(meters.map((meter) => meter.read(1).joules)).toEqual([2.5, 0.25, 0]);
  });

  it('says how far its figures may be off, and the steps in which it counts', () => {
    tree.zone('intel-rapl:0', 'package-0', J);
    tree.zone('intel-rapl:0:0', 'dram', J / 2);
    const [cpu, dram] = find().meters;
    for (const meter of [cpu, dram])
      expect(meter).toMatchObject({
        refreshS: 0.001,
        band: { source: expect.stringContaining('our choice') as string },
      });
    expect(cpu?.band).toMatchObject({ low: 0.9, high: 1.1 });
    expect(dram?.band).toMatchObject({ low: 0.8, high: 1.2 });
  });

  it('is exact to the microjoule, also where doubles of joules are not', () => {
    tree.zone('intel-rapl:0', 'package-0', 1, '18446744073709551615');
    tree.set('intel-rapl:0', '9007199254740993');
    const meter = only();
    meter.read(0);
    tree.set('intel-rapl:0', '9007199254740994');
    expect(meter.read(1).joules).toBe(1e-6);
  });

  it('keeps counting when a counter wraps, each time', () => {
    tree.zone('intel-rapl:0', 'package-0', 65_000 * J, AMD_RANGE_UJ);
    const meter = only();
    meter.read(0);
    tree.set('intel-rapl:0', 467_389_013);
    expect(meter.read(10)).toEqual({ joules: 1000, gaps: 0, resets: 0 });
    tree.set('intel-rapl:0', 65_467_389_013);
    expect(meter.read(80).joules).toBe(66_000);
    tree.set('intel-rapl:0', 0);
    expect(meter.read(90).joules).toBe(66_065.221974);
  });

  it('counts a restart as one, and makes no energy of it', () => {
    tree.zone('intel-rapl:0', 'package-0', 200_000 * J);
    const meter = only();
    meter.read(0);
    tree.set('intel-rapl:0', 200_500 * J);
    meter.read(10);
    tree.set('intel-rapl:0', 0);
    expect(meter.read(20)).toEqual({ joules: 500, gaps: 0, resets: 1 });
    tree.set('intel-rapl:0', 300 * J);
    expect(meter.read(30)).toEqual({ joules: 800, gaps: 0, resets: 1 });
  });

  it("takes the zone's own power limits for what can't be true", () => {
    tree.zone('intel-rapl:0', 'package-0', 62_000 * J, AMD_RANGE_UJ);
    tree.write('intel-rapl:0/constraint_0_power_limit_uw', 100 * J);
    const meter = only();
    meter.read(0);
    tree.set('intel-rapl:0', 0);
    // As a wrap this would be 353 W.
    expect(meter.read(10)).toEqual({ joules: 0, gaps: 0, resets: 1 });
  });

  it("leaves out a reading that can't be true, and loses nothing by it", () => {
    tree.zone('intel-rapl:0', 'package-0', 1000 * J);
    const meter = only();
    meter.read(0);
    for (const wrong of [200_000 * J, 0]) {
      tree.set('intel-rapl:0', wrong);
      expect(meter.read(1).joules).toBe(0);
    }
    tree.set('intel-rapl:0', 1100 * J);
    expect(meter.read(2)).toMatchObject({ joules: 100, gaps: 1 });
  });

  it('says so when it was read too seldom to know how often the counter wrapped', () => {
    tree.zone('intel-rapl:0', 'package-0', J, AMD_RANGE_UJ);
    const meter = only();
    meter.read(0);
    tree.set('intel-rapl:0', 11 * J);
    expect(meter.read(300)).toEqual({ joules: 10, gaps: 1, resets: 0 });
  });

  it.each([
    [
      'vanishes',
      () => {
        tree.remove('intel-rapl:0/energy_uj');
      },
      /ENOENT/,
    ],
    [
      'is locked',
      () => {
        tree.deny('intel-rapl:0');
      },
      /EACCES/,
    ],
    [
      'holds nothing',
      () => {
        tree.set('intel-rapl:0', '');
      },
      /holds "", no count/,
    ],
    [
      'holds a word',
      () => {
        tree.set('intel-rapl:0', '-5');
      },
      /holds "-5", no count/,
    ],
  ])(
    'keeps what it has counted when the counter %s, and goes on when it is back',
    (_, break_, why) => {
      tree.zone('intel-rapl:0', 'package-0', J);
      const meter = only();
      meter.read(0);
      tree.set('intel-rapl:0', 41 * J);
      meter.read(1);
      break_();
      let failure: unknown;
      try {
        meter.read(2);
      } catch (error) {
        failure = error;
      }
      expect(failure).toBeInstanceOf(MeterFailure);
      expect(String(failure)).toMatch(why);
      expect((failure as MeterFailure).last).toEqual({ joules: 40, gaps: 1, resets: 0 });
      tree.allow('intel-rapl:0');
      tree.set('intel-rapl:0', 101 * J);
      expect(meter.read(3)).toEqual({ joules: 100, gaps: 1, resets: 0 });
    },
  );

  it('counts once what two zones show', () => {
    tree.zone('intel-rapl:0', 'package-0-die-0', 5 * J);
    tree.zone('intel-rapl:1', 'package-0-die-1', 5 * J);
    tree.zone('intel-rapl-mmio:0', 'package-0-die-0', 5 * J + 7);
    const { meters, absent } = find();
    expect(meters.map(({ source }) => source)).toEqual(['RAPL package-0-die-0']);
    expect(absent.map(({ reason, message }) => [reason, message.includes('counted once')])).toEqual(
      [
        ['duplicate', true],
        ['duplicate', true],
      ],
    );
    expect(absent.some(({ leavesIncomplete }) => leavesIncomplete)).toBe(false);
  });

  it('counts two sockets of one name whose counters differ', () => {
    tree.zone('intel-rapl:0', 'package-0', 5 * J);
    tree.zone('intel-rapl:1', 'package-0', 6 * J);
    expect(find().meters.map(({ source }) => source)).toEqual([
      'RAPL package-0 (intel-rapl:0)',
      'RAPL package-0 (intel-rapl:1)',
    ]);
  });

  it('takes the other way to a package that can be read by that alone', () => {
    tree.zone('intel-rapl:0', 'package-0', 5);
    tree.zone('intel-rapl-mmio:0', 'package-0', 5);
    tree.deny('intel-rapl:0');
    const { meters, absent } = find();
    expect(meters).toHaveLength(1);
    expect(absent).toMatchObject([{ reason: 'permission-denied' }]);
    expect(absent[0]?.leavesIncomplete).toBeUndefined();
  });

  it('asks to be read before a busy socket can wrap, and no more often than is sensible', () => {
    tree.zone('intel-rapl:0', 'package-0', 1);
    expect(only().maxIntervalS).toBe(10);
    tree.zone('intel-rapl:0', 'package-0', 1, 5000 * J);
    expect(only().maxIntervalS).toBe(5);
    tree.zone('intel-rapl:0', 'package-0', 1, J);
    expect(only()).toMatchObject({
      maxIntervalS: 1,
      note: expect.stringContaining('missed') as string,
    });
  });

  it.each(['0', '', 'none'])('lives with a range of "%s", and says so', (range) => {
    tree.zone('intel-rapl:0', 'package-0', 500 * J, range);
    const meter = only();
    expect(meter.maxIntervalS).toBe(10);
    expect(meter.note).toContain('does not say where it begins again');
    meter.read(0);
    tree.set('intel-rapl:0', 520 * J);
    meter.read(1);
    tree.set('intel-rapl:0', 3 * J);
    expect(meter.read(2)).toEqual({ joules: 20, gaps: 0, resets: 1 });
  });

  it('says that there is no counter', () => {
    const nowhere = findRapl(join(tree.root, 'nowhere'));
    expect(nowhere.absent).toMatchObject([{ reason: 'no-device' }]);
    expect(nowhere.absent[0]?.message).toContain('virtual machines');
  });

  it('says why psys alone is no counter', () => {
    tree.zone('intel-rapl:0', 'psys', 5);
    const { meters, absent } = find();
    expect(meters).toEqual([]);
    expect(absent).toMatchObject([{ reason: 'no-device' }]);
    expect(absent[0]?.message).toContain('only psys');
  });

  it('says how a counter only root may read is opened', () => {
    tree.zone('intel-rapl:0', 'package-0', 1);
    tree.deny('intel-rapl:0');
    const { meters, absent } = find();
    expect(meters).toEqual([]);
    expect(absent).toMatchObject([{ reason: 'permission-denied' }]);
    expect(absent[0]?.hint).toContain('chmod a+r');
    expect(absent[0]?.leavesIncomplete).toBeUndefined();
  });

  it('names each package that is missing beside others, and that the total is not whole', () => {
    tree.zone('intel-rapl:0', 'package-0', 1);
    tree.zone('intel-rapl:1', 'package-1', 2);
    tree.zone('intel-rapl:2', 'package-2', 3);
    tree.deny('intel-rapl:1');
    tree.set('intel-rapl:2', '');
    expect(find().absent).toMatchObject([
      { device: 'RAPL package-1', reason: 'permission-denied', leavesIncomplete: true },
      { device: 'RAPL package-2', reason: 'failed', leavesIncomplete: true },
    ]);
  });

  it('takes a counter that stands at 0 for none, and one that stops for a gap', () => {
    tree.zone('intel-rapl:0', 'package-0', 0);
    expect(find().meters).toEqual([]);
    expect(find().absent[0]?.message).toContain('it stands at 0, as in virtual machines');
    tree.set('intel-rapl:0', 5 * J);
    const meter = only();
    meter.read(0);
    tree.set('intel-rapl:0', 6 * J);
    expect([meter.read(1), meter.read(2), meter.read(3)].map(({ gaps }) => gaps)).toEqual([
      0, 0, 1,
    ]);
  });

  it('names a zone without a name', () => {
    tree.zone('intel-rapl:0', 'package-0', 1);
    tree.remove('intel-rapl:0/name');
    expect(find().absent).toMatchObject([{ device: 'RAPL intel-rapl:0', reason: 'failed' }]);
  });
});

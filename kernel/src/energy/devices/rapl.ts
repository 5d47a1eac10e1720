import { join } from 'node:path';
import { firstLine } from '../../errors';
import { RAPL_DRAM_BAND, RAPL_PACKAGE_BAND } from './bands';
import { counterMeter } from './counter-meter';
import { HeldFile } from './held-file';
import type { Absence, Found, Meter } from './meter';
import { listZones } from './rapl-zones';
import type { Zone, Zones } from './rapl-zones';
import { isDenied, optional, readCount, readText } from './sysfs';
import type { ReadText } from './sysfs';

/** Where Linux shows the energy counters of Intel and AMD processors. */
export const POWERCAP = '/sys/class/powercap';

const UNITS_PER_J = 1_000_000n;
/** More than any socket draws, where its own limits don't say less. */
const MOST_WATTS = 1000;
/** No less is taken from limits, which may be raised while we measure. */
const LEAST_BOUND_WATTS = 250;
/** Often enough that a counter which begins anew isn't taken for one that wraps. */
const MOST_INTERVAL_S = 10;
const LEAST_INTERVAL_S = 1;
/** The counters move about every millisecond (Intel SDM, volume 3B; Khan et al. 2018). */
const REFRESH_S = 0.001;
/** A busy machine may show them later. */
const SLACK_S = 0.1;
/** ... and never stand still for long, since a processor draws some power always. */
const STILL_S = 2;
/** So long a counter at 0 has to begin, which a real one hardly ever is at. */
const BEGIN_S = 0.02;

const STOPPED = 'it stands at 0, as in virtual machines that show counters without having any';
const SHARED = 'RAPL counts the whole socket, other programs on it too.';

/**
 * Running average power limit counters: one meter for each package and each DRAM domain below `root`.
 * `psys` covers the packages again, `core` and `uncore` are parts of one: none of these is added. Two
 * zones that show one counter are counted once. What can't be read is in `absent`, each device.
 * `readAs` stands in for the file system.
 */
export function findRapl(root: string = POWERCAP, readAs?: ReadText): Found {
  const read = readAs ?? readText;
  const listed = listZones(root, read);
  const open: Open[] = [];
  const failed: { readonly zone: Zone; readonly error: unknown }[] = [];
  const absent: Absence[] = [];
  for (const zone of listed.zones) {
    const counter = openCounter(zone, readAs);
    try {
      if (stands(counter.count)) throw new Error(STOPPED);
      const twin = open.find((other) => isTwin(other, zone, counter.count));
      if (twin === undefined) {
        open.push(counter);
        continue;
      }
      absent.push(duplicate(zone, twin.zone));
    } catch (error) {
      failed.push({ zone, error });
    }
    counter.close();
  }
  return {
    meters: open.map((one) => raplMeter(one, label(one.zone, open), read)),
    absent: [
      ...absent,
      ...failed.map(({ zone, error }) => unreadable(zone, error, leavesHole(zone, open))),
      ...listed.unnamed.map(({ id, error }) => unnamed(id, error, open.length > 0)),
      ...(listed.zones.length + listed.unnamed.length > 0 ? [] : [noDevice(root, listed)]),
    ],
  };
}

/** Whether the counter is at 0 and stays there, as in some virtual machines. */
function stands(count: () => bigint): boolean {
  if (count() !== 0n) return false;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BEGIN_S * 1000);
  return count() === 0n;
}

interface Open {
  readonly zone: Zone;
  readonly count: () => bigint;
  readonly close: () => void;
}

function openCounter(zone: Zone, readAs: ReadText | undefined): Open {
  const path = join(zone.folder, 'energy_uj');
  const file = new HeldFile(path);
  const read = readAs ?? (() => file.read().trim());
  return {
    zone,
    count: () => readCount(path, read),
    close: () => {
      file.close();
    },
  };
}

/**
 * The same package in another control type is the same counter by definition. Within one, as dies of one
 * socket, a counter that reads between two reads of another is that other: no two counters agree to the
 * microjoule by chance. One that stands at zero tells nothing.
 */
function isTwin(other: Open, zone: Zone, count: () => bigint): boolean {
  if (other.zone.component !== zone.component) return false;
  const sameWay = other.zone.id.split(':')[0] === zone.id.split(':')[0];
  if (!sameWay) return other.zone.name === zone.name;
  const [before, value, after] = [other.count(), count(), other.count()];
  return value > 0n && before <= value && value <= after;
}

function leavesHole(zone: Zone, open: readonly Open[]): boolean {
  const same = open.filter((one) => one.zone.component === zone.component);
  return same.length > 0 && !same.some((one) => one.zone.name === zone.name);
}

function raplMeter({ zone, count, close }: Open, source: string, read: ReadText): Meter {
  const range = readRange(zone.folder, read);
  const mostWatts = boundWatts(zone.folder, read);
  const wrapS = range === undefined ? Infinity : Number(range) / Number(UNITS_PER_J) / mostWatts;
  return {
    ...counterMeter({
      component: zone.component,
      source,
      count,
      bounds: { unitsPerJ: UNITS_PER_J, range, mostWatts, slackS: SLACK_S, stillS: STILL_S },
    }),
    band: zone.component === 'dram' ? RAPL_DRAM_BAND : RAPL_PACKAGE_BAND,
    refreshS: REFRESH_S,
    note: `${SHARED}${rangeNote(range, wrapS)}`,
    sampled: 'always',
    maxIntervalS: Math.max(LEAST_INTERVAL_S, Math.min(MOST_INTERVAL_S, wrapS)),
    close,
  };
}

function rangeNote(range: bigint | undefined, wrapS: number): string {
  if (range === undefined) {
    return ' This one does not say where it begins again: energy is lost, and said to be, when it does.';
  }
  return wrapS >= LEAST_INTERVAL_S
    ? ''
    : ' This one begins again so soon that turns may be missed, which is said as a gap.';
}

function readRange(folder: string, read: ReadText): bigint | undefined {
  const range = optional(() => readCount(join(folder, 'max_energy_range_uj'), read)) ?? 0n;
  return range > 0n ? range : undefined;
}

/** Twice the highest power limit of the zone, where it has any; it bounds what a reading may say. */
function boundWatts(folder: string, read: ReadText): number {
  const limits = [0, 1, 2].map((index) => {
    const file = join(folder, `constraint_${index}_power_limit_uw`);
    return Number(optional(() => readCount(file, read)) ?? 0n) / 1e6;
  });
  const twice = 2 * Math.max(...limits);
  return twice > 0 ? Math.min(MOST_WATTS, Math.max(LEAST_BOUND_WATTS, twice)) : MOST_WATTS;
}

function label(zone: Zone, open: readonly Open[]): string {
  const namesakes = open.filter(
    (one) => one.zone.name === zone.name && one.zone.component === zone.component,
  );
  return namesakes.length > 1 ? `RAPL ${zone.name} (${zone.id})` : `RAPL ${zone.name}`;
}

function noDevice(root: string, { others }: Zones): Absence {
  const message = others.includes('psys')
    ? `${root} has no counter of a processor, only psys, which counts the platform. What belongs to that is each maker's choice, so that it is no figure of the processor and isn't used.`
    : `No CPU energy counter below ${root}, as is usual in virtual machines and containers.`;
  return { device: 'RAPL', reason: 'no-device', message };
}

function duplicate(zone: Zone, twin: Zone): Absence {
  const message = `RAPL ${zone.name} (${zone.id}) shows the counter of ${twin.name} (${twin.id}) again, and is counted once.`;
  return { device: `RAPL ${zone.name}`, reason: 'duplicate', message };
}

function unreadable(zone: Zone, error: unknown, leavesIncomplete: boolean): Absence {
  const device = `RAPL ${zone.name}`;
  const file = join(zone.folder, 'energy_uj');
  const hole = leavesIncomplete ? { leavesIncomplete } : {};
  if (isDenied(error)) {
    return {
      device,
      reason: 'permission-denied',
      message: `The energy counter of ${zone.name}, ${file}, may only be read by root.`,
      hint: 'Allow it until the next restart: sudo chmod a+r /sys/class/powercap/*/energy_uj (others could then observe power, CVE-2020-8694).',
      ...hole,
    };
  }
  const message = `The energy counter of ${zone.name} can't be read: ${firstLine(error)}`;
  return { device, reason: 'failed', message, ...hole };
}

function unnamed(id: string, error: unknown, leavesIncomplete: boolean): Absence {
  const message = `The power zone ${id} can't be read: ${firstLine(error)}`;
  const hole = leavesIncomplete ? { leavesIncomplete } : {};
  return { device: `RAPL ${id}`, reason: 'failed', message, ...hole };
}

import type { Quantity } from '../../../quantities/quantity';
import type { Report } from '../../schema';
import { halfnoteVersion, startOf } from '../run-facts';
import { kWhOf } from '../units';
import { dateTimeOf } from './date-time';

/** The energy of the user's code. BoAmps calls it `powerConsumption`, and means kWh. */
export function measureOf(report: Report) {
  const cpu = trackingOf(report, 'cpu');
  const gpu = trackingOf(report, 'gpu');
  return {
    measurementMethod: 'halfnote',
    version: halfnoteVersion(report),
    ...(cpu === undefined ? {} : { cpuTrackingMode: cpu }),
    ...(gpu === undefined ? {} : { gpuTrackingMode: gpu }),
    powerConsumption: kWhOf([report.energy.accountsJ.user.value]),
    measurementDuration: report.energy.durationS.value,
    measurementDateTime: dateTimeOf(startOf(report)),
  };
}

function trackingOf({ energy }: Report, component: 'cpu' | 'gpu'): string | undefined {
  const devices = energy.devices.filter((device) => device.component === component);
  if (devices.length === 0) return undefined;
  return devices.map(({ source, method }) => `${source} (${method})`).join(', ');
}

/** The largest error that BoAmps' word for it stands for, as a fraction of the value. */
const QUALITIES = [
  ['high', 0.1],
  ['medium', 0.25],
  ['low', 0.5],
] as const;

/** By how far the interval reaches; undefined beyond BoAmps' words, and when something is missing. */
export function qualityOf({ value, low, high, complete }: Quantity): string | undefined {
  if (!complete || value <= 0) return undefined;
  const error = Math.max(value - low, high - value) / value;
  return QUALITIES.find(([, most]) => error <= most)?.[0];
}

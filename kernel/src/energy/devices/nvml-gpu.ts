import { NVML_BAND } from './bands';
import { counterMeter } from './counter-meter';
import { integrate } from './integrate';
import type { Meter } from './meter';
import { NVML_STATUS, NvmlError } from './nvml-binding';
import type { NvmlBinding } from './nvml-binding';
import { optional } from './sysfs';

/** The total energy counter moves in steps this long. */
const REFRESH_S = 0.1;
/** Power is integrated this often on GPUs that have no energy counter (before Volta). */
const INTEGRATE_S = 0.1;
/** More than any GPU draws. */
const MOST_WATTS = 3000;
/** A busy driver shows the counter this much later. */
const SLACK_S = 1;
const MILLIJOULES_PER_J = 1000n;

/** The meter of one GPU: its energy counter, or its power over time. Throws when it has neither. */
export function gpuMeter(nvml: NvmlBinding, index: number): Meter {
  const name = `GPU ${index} ${nvml.name(index)}`;
  const readWatts = (): number => nvml.powerMw(index) / 1000;
  if (!hasCounter(nvml, index)) {
    readWatts();
    const source = `NVML power x time, ${name}`;
    return {
      component: 'gpu',
      method: 'integrated power',
      source,
      band: NVML_BAND,
      read: integrate(readWatts, MOST_WATTS),
      maxIntervalS: INTEGRATE_S,
      sampled: 'in-windows',
    };
  }
  const source = `NVML total energy, ${name}`;
  const meter = counterMeter({
    component: 'gpu',
    source,
    count: () => nvml.totalEnergyMj(index),
    bounds: { unitsPerJ: MILLIJOULES_PER_J, mostWatts: MOST_WATTS, slackS: SLACK_S },
  });
  return {
    ...meter,
    band: NVML_BAND,
    refreshS: REFRESH_S,
    // Power beside a counter is for short windows; the energy is there without it.
    read: (nowS) => ({ ...meter.read(nowS), watts: optional(readWatts) }),
  };
}

function hasCounter(nvml: NvmlBinding, index: number): boolean {
  try {
    nvml.totalEnergyMj(index);
    return true;
  } catch (error) {
    if (error instanceof NvmlError && error.status === NVML_STATUS.notSupported) return false;
    throw error;
  }
}

import type { Quantity } from '../../../quantities/quantity';
import type { Report } from '../../schema';
import { startOf } from '../run-facts';
import { DEVICE_PIPELINE, EMBODIED_PIPELINE } from './plugins';
import type { Yaml } from './yaml';

/** Impact Framework adds components up by moment: each has one input, for the whole run. */
export function childrenOf(report: Report, embodied: boolean): Yaml {
  const { devices, accountsJ } = report.energy;
  // There is no total of nothing: a run without a device still has its line.
  const parts =
    devices.length === 0
      ? [{ name: 'machine', user: accountsJ.user }]
      : devices.map((device, i) => ({ name: nameOf(report, i), user: device.accountsJ.user }));
  const children = parts.map(({ name, user }) => [
    name,
    {
      pipeline: { compute: DEVICE_PIPELINE },
      inputs: [{ ...deviceInput(report, user), ...(embodied ? { 'carbon-embodied': 0 } : {}) }],
    },
  ]);
  return Object.fromEntries(embodied ? [...children, embodiedChild(report)] : children) as Yaml;
}

function deviceInput(report: Report, { value, low, high, method, complete }: Quantity) {
  return {
    ...timeOf(report),
    method,
    'energy/joules': value,
    'energy/joules-low': low,
    'energy/joules-high': high,
    complete,
    'grid/carbon-intensity': report.carbon.intensity.gramsPerKWh.value,
    pue: report.boundary.pue,
  };
}

function embodiedChild(report: Report) {
  const input = {
    ...timeOf(report),
    'embodied/total': report.carbon.embodiedG?.value ?? 0,
    'embodied/duration': report.energy.durationS.value,
    energy: 0,
    'carbon-operational': 0,
  };
  return ['embodied', { pipeline: { compute: EMBODIED_PIPELINE }, inputs: [input] }];
}

function timeOf(report: Report) {
  return { timestamp: startOf(report), duration: report.energy.durationS.value };
}

/** Two devices may call themselves the same. */
function nameOf({ energy }: Report, index: number): string {
  const names = energy.devices.map(({ component, source }) => `${component}: ${source}`);
  const name = names[index] ?? '';
  const before = names.slice(0, index).filter((other) => other === name).length;
  return before === 0 ? name : `${name} (${before + 1})`;
}

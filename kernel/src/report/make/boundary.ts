import type { Report } from '../schema';
import type { CarbonSettings } from './carbon-settings';

const NAMES = { cpu: 'processor', dram: 'memory', gpu: 'GPU' } as const;

/** Its two parts have boundaries of their own: energy is attributed, a machine is reserved as a whole. */
const SCI_BOUNDARY =
  "software carbon intensity: the energy of the notebook's code, and the making of the whole machine for all the time of the run";

/** What the figures take in, and what they leave out. */
export function boundaryOf(
  devices: Report['energy']['devices'],
  { pue = 1, wue, embodied }: CarbonSettings,
): Report['boundary'] {
  const isEmbodiedStated = embodied !== undefined;
  const counted = new Set(devices.map(({ component }) => component));
  const lacking = Object.entries(NAMES).filter(([name]) => ![...counted].some((c) => c === name));
  return {
    included: [
      ...devices.map(({ component, source }) => `${NAMES[component]}: ${source}`),
      'all cells, the time between them, and what Halfnote itself does meanwhile',
      ...(isEmbodiedStated ? [SCI_BOUNDARY] : []),
    ],
    excluded: [
      ...lacking.map(([, name]) => `${name}: no device was measured`),
      'disks, network, display, fans, and losses of the power supply',
      ...(pue === 1 ? ['cooling and other losses of the building (PUE 1)'] : []),
      ...(isEmbodiedStated ? [] : ['the making of the machine']),
    ],
    pue,
    waterLPerKWh: wue ?? null,
  };
}

import type { Report } from '../schema';

const NAMES = { cpu: 'processor', dram: 'memory', gpu: 'GPU' } as const;

/** What the figures take in, and what they leave out. */
export function boundaryOf(
  devices: Report['energy']['devices'],
  pue: number,
  waterLPerKWh: number | null,
): Report['boundary'] {
  const counted = new Set(devices.map(({ component }) => component));
  const lacking = Object.entries(NAMES).filter(([name]) => ![...counted].some((c) => c === name));
  return {
    included: [
      ...devices.map(({ component, source }) => `${NAMES[component]}: ${source}`),
      'all cells, the time between them, and what Halfnote itself does meanwhile',
    ],
    excluded: [
      ...lacking.map(([, name]) => `${name}: no device was measured`),
      'disks, network, display, fans, and losses of the power supply',
      ...(pue === 1 ? ['cooling and other losses of the building (PUE 1)'] : []),
      'the making of the machine, unless it stands as a line of its own',
    ],
    pue,
    waterLPerKWh,
  };
}

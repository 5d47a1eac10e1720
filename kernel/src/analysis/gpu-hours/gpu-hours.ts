import { withCarbonDefaults } from '../../energy/ask';
import type { GpuHoursOptions } from './options';
import { unitEnergy } from './power';
import { resourcesOf } from './resources';
import { spentOn } from './spent';
import { GpuHours } from './view';
import { unitsOf, workOf } from './work';

/**
 * The hours of devices that a training takes, with its energy, CO2e and cost: from a step that was measured, or
 * from FLOPs, the peak of a device and how much of it is reached. Each figure has its interval and everything
 * that is taken for granted.
 * @throws HalfnoteError `invalid-argument` for work that isn't given, or twice, and figures out of bounds;
 * `unknown-region`, `invalid-pue`, `invalid-price`.
 */
export async function gpuHours(options: GpuHoursOptions): Promise<GpuHours> {
  const work = await workOf(options, 'gpuHours');
  const units = unitsOf(work, options);
  const resources = resourcesOf(await withCarbonDefaults(options));
  const { unitJ, assumptions } = unitEnergy(work, options);
  return new GpuHours({
    unit: work.unit,
    units,
    flops: work.flops === null ? null : work.flops * units,
    devices: resources.devices,
    ...spentOn(work, unitJ, units, resources),
    assumptions: [
      ...work.assumptions,
      ...assumptions,
      ...(unitJ === null ? [] : resources.carbonAssumptions),
      ...resources.assumptions,
    ],
  });
}

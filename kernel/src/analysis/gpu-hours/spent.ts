import { co2e } from '../../energy/carbon/footprint';
import { costOf, type Money } from '../../energy/carbon/money';
import { scale } from '../../quantities/arithmetic';
import type { Quantity } from '../../quantities/quantity';
import type { Resources } from './resources';
import type { Work } from './work';

/** What so much work takes. Null is what nothing says. */
export interface Spent {
  /** Of all devices together. */
  readonly deviceS: Quantity;
  /** From start to end. */
  readonly wallS: Quantity;
  /** Of the devices, without the PUE. */
  readonly energyJ: Quantity | null;
  /** With the PUE. */
  readonly co2eG: Quantity | null;
  /** Of the devices' hours. */
  readonly rent: Money | null;
  /** With the PUE. */
  readonly electricity: Money | null;
}

/** @param unitJ joules of one device for a unit of the work. */
export function spentOn(
  work: Work,
  unitJ: Quantity | null,
  units: number,
  resources: Resources,
): Spent {
  const { devices, efficiency, factor, prices } = resources;
  const deviceS = scale(work.unitS, units / efficiency);
  const energyJ = unitJ === null ? null : scale(unitJ, units / efficiency);
  const { perKWh = null, perDeviceHour = null, currency = '' } = prices ?? {};
  return {
    deviceS,
    wallS: scale(deviceS, 1 / devices),
    energyJ,
    co2eG: energyJ === null ? null : co2e(energyJ, factor),
    rent:
      perDeviceHour === null ? null : { amount: scale(deviceS, perDeviceHour / 3600), currency },
    electricity:
      perKWh === null || energyJ === null
        ? null
        : costOf(energyJ, { pricePerKWh: perKWh, currency, pue: factor.pue }),
  };
}

import { HalfnoteError, shown } from '../../errors';
import { carbonFactor, type CarbonFactor } from '../../energy/carbon/factor';
import { describeIntensity } from '../../energy/carbon/describe';
import { requireCurrency, requirePrice } from '../../energy/carbon/money';
import { requireCount, requirePositive } from './checks';
import type { ResourceOptions } from './options';

export interface Resources {
  readonly devices: number;
  readonly efficiency: number;
  readonly factor: CarbonFactor;
  readonly prices: Prices | null;
  readonly assumptions: readonly string[];
  /** Where there are joules to turn into grams. */
  readonly carbonAssumptions: readonly string[];
}

export interface Prices {
  readonly perKWh: number | null;
  readonly perDeviceHour: number | null;
  readonly currency: string;
}

/** @throws HalfnoteError for a wrong count, efficiency, place, PUE or price. */
export function resourcesOf(options: ResourceOptions): Resources {
  const { devices = 1, efficiency, region, gridIntensity, pue } = options;
  requireCount(devices, 'devices');
  if (efficiency !== undefined) {
    requirePositive(
      efficiency,
      'efficiency',
      1,
      'It is the throughput of N devices over N times that of one.',
    );
  }
  const factor = carbonFactor({ region, gridIntensity, pue });
  const prices = pricesOf(options);
  const scaling =
    efficiency === undefined
      ? `Scaling to ${devices} devices is taken for perfect, since no efficiency is given: the least that it can be.`
      : `On ${devices} devices ${efficiency * 100}% of the work is useful, as given.`;
  return {
    devices,
    efficiency: devices === 1 ? 1 : (efficiency ?? 1),
    factor,
    prices,
    assumptions: [
      ...(devices === 1 ? [] : [scaling]),
      ...priceTexts(prices),
      'Making the hardware is not counted: see embodiedShare. Nor are runs that fail, searches and evaluation.',
    ],
    carbonAssumptions: [
      ...(factor.assumed ? ['No region given: the world average is taken.'] : []),
      describeIntensity(factor.intensity),
      factor.pue === 1
        ? 'PUE 1: the computers alone, without cooling and power supply of a building.'
        : `PUE ${factor.pue}, as given: grams and cost of electricity are of the building.`,
    ],
  };
}

function pricesOf({ pricePerKWh, pricePerDeviceHour, currency }: ResourceOptions): Prices | null {
  const given = [pricePerKWh, pricePerDeviceHour].some((price) => price !== undefined);
  if (!given && currency === undefined) return null;
  if (!given || currency === undefined) {
    throw new HalfnoteError(
      'invalid-price',
      given
        ? 'A price is given without its currency.'
        : `currency ${shown(currency)} is given without a price.`,
      'Give both: pricePerDeviceHour or pricePerKWh, and a currency such as "EUR".',
    );
  }
  if (pricePerKWh !== undefined) requirePrice(pricePerKWh, 'pricePerKWh');
  if (pricePerDeviceHour !== undefined) requirePrice(pricePerDeviceHour, 'pricePerDeviceHour');
  return {
    perKWh: pricePerKWh ?? null,
    perDeviceHour: pricePerDeviceHour ?? null,
    currency: requireCurrency(currency),
  };
}

function priceTexts(prices: Prices | null): string[] {
  if (prices === null) return [];
  const { perKWh, perDeviceHour, currency } = prices;
  return [
    ...(perDeviceHour === null
      ? []
      : [
          `Renting a device costs ${perDeviceHour} ${currency} an hour, as given, with its electricity.`,
        ]),
    ...(perKWh === null ? [] : [`Electricity costs ${perKWh} ${currency}/kWh, as given.`]),
  ];
}

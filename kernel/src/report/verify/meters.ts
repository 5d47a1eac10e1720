import { significant } from '../../display/units';
import type { Quantity } from '../../quantities/quantity';
import type { Report } from '../schema';

type Measured = Pick<Report, 'energy' | 'hardware'>;

/**
 * What of the way that joules were measured differs so that they can't be compared, in words: a model of
 * a processor and a counter of it, or two models, differ by more than any tolerance.
 */
export function otherMeters(before: Measured, after: Measured): string[] {
  const [a, b] = [namesOf(before), namesOf(after)];
  return [
    ...a.filter((name) => !b.includes(name)).map((name) => `${name}: only in the report`),
    ...b.filter((name) => !a.includes(name)).map((name) => `${name}: only here`),
    ...otherPower(before, after),
    ...narrowerBands(before, after),
  ];
}

/** As much of a model's band may be lost to rounding and to the mean over trials. */
const BAND_KEPT = 0.9;

/** A model is off by as much both times; who states less has another, or altered it. */
function narrowerBands(before: Measured, after: Measured): string[] {
  return before.energy.devices.flatMap(({ component, source, method, machineJ, accountsJ }) => {
    const here = after.energy.devices.find((device) => device.source === source);
    if (method !== 'modelled' || here?.method !== method) return [];
    const least = bandOf(here.machineJ);
    // Whose energy it is adds to what an account is off by.
    const narrow = [machineJ, accountsJ.user]
      .filter(({ value }) => value > 0)
      .map(bandOf)
      .find(
        ({ below, above }) => below < least.below * BAND_KEPT || above < least.above * BAND_KEPT,
      );
    return narrow === undefined
      ? []
      : [
          `error of ${component}, ${source}: ${percents(narrow)} in the report, ${percents(least)} here`,
        ];
  });
}

type Band = Quantity['systematic'];

/** As fractions of the figure. */
function bandOf({ value, systematic: { below, above } }: Quantity): Band {
  return value === 0 ? { below: 0, above: 0 } : { below: below / value, above: above / value };
}

function percents({ below, above }: Band): string {
  const percent = (fraction: number): string => `${significant(fraction * 100, 2)} %`;
  return `-${percent(below)} to +${percent(above)}`;
}

/** How much memory the kernel leaves differs from boot to boot; the machine's is compared with it. */
function namesOf({ energy }: Measured): string[] {
  return energy.devices.map(
    ({ component, source, method }) =>
      `${component}, ${method}, ${source.replace(/[\d.]+ GB\b/g, 'GB')}`,
  );
}

/** A modelled processor draws what its design power says. */
function otherPower(before: Measured, after: Measured): string[] {
  const isModelled = [before, after].some(({ energy }) =>
    energy.devices.some(({ component, method }) => component === 'cpu' && method === 'modelled'),
  );
  const [a, b] = [before, after].map(({ hardware }) => hardware.cpu.tdpW ?? 'unknown');
  return isModelled && a !== b ? [`TDP in W: ${a} in the report, ${b} here`] : [];
}

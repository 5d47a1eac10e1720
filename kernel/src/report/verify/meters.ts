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
  ];
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

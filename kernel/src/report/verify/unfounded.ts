import { significant } from '../../display/units';
import { JOULES_PER_KWH } from '../../energy/carbon/factor';
import type { Report } from '../schema';

/** Products of the same figures in another order differ in their last digits. */
const TOLERANCE = 1e-9;

/** What doesn't follow from the report's own figures, in words: grams and litres, and the verdict. */
export function unfounded(report: Report): string[] {
  const { valid, reasons } = report.verdict;
  const verdict =
    valid === (reasons.length === 0)
      ? []
      : [`verdict.valid is ${valid}, of ${reasons.length} reasons against it`];
  const wrong = figuresOf(report).filter(
    ([, stated, expected]) =>
      Math.abs(stated - expected) > TOLERANCE * Math.max(Math.abs(stated), Math.abs(expected)),
  );
  return [
    ...wrong.map(
      ([place, stated, expected]) =>
        `${place} is ${significant(stated, 6)}, the report's own figures give ${significant(expected, 6)}`,
    ),
    ...verdict,
  ];
}

type Figure = readonly [place: string, stated: number, expected: number];

function figuresOf({ energy, carbon, boundary }: Report): Figure[] {
  const { operationalG, embodiedG, waterL, sci, intensity } = carbon;
  const grams = (energyJ: number): number =>
    (energyJ / JOULES_PER_KWH) * boundary.pue * intensity.gramsPerKWh.value;
  const userJ = energy.accountsJ.user.value;
  const litres = (userJ / JOULES_PER_KWH) * (boundary.waterLPerKWh ?? 0);
  return [
    ['carbon.operationalG', operationalG.value, grams(userJ)],
    ...energy.cells.map(({ energyJ, co2eG }, i): Figure => [
      `energy.cells.${i}.co2eG`,
      co2eG.value,
      grams(energyJ.value),
    ]),
    ...(waterL === null ? [] : [['carbon.waterL', waterL.value, litres] as const]),
    ...(sci === null || embodiedG === null
      ? []
      : [['carbon.sci', sci.gramsPerUnit.value, operationalG.value + embodiedG.value] as const]),
  ];
}

import type { Quantity } from '../../quantities/quantity';

/** An intensity with what its sources say at least and at most, gCO2e/kWh. */
export interface IntensityRange {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

type Figure = Pick<Quantity, 'value' | 'low' | 'high' | 'complete'>;

const JOULES_PER_KWH = 3.6e6;

/**
 * Grams of CO2e that the same joules would have been on another grid and in another building, as `whatIf`
 * has them: nothing that anybody measured.
 */
export function co2eElsewhere(energyJ: Quantity, grid: IntensityRange, pue: number): Figure {
  const { value: joules, statistical, systematic, complete } = energyJ;
  const factor = pue / JOULES_PER_KWH;
  const value = joules * grid.value * factor;
  const products = [joules - systematic.below, joules + systematic.above].flatMap((end) => [
    end * grid.low * factor,
    end * grid.high * factor,
  ]);
  return {
    value,
    low: Math.min(value, ...products) - statistical.below * grid.value * factor,
    high: Math.max(value, ...products) + statistical.above * grid.value * factor,
    complete,
  };
}

/** `1.8 times as much`; undefined where there is nothing to compare with. */
export function timesAsMuch(elsewhere: Figure, reported: Figure): string | undefined {
  const times = elsewhere.value / reported.value;
  if (!Number.isFinite(times)) return undefined;
  const rounded = Number(times.toPrecision(3));
  return rounded === 1 ? 'as much as reported' : `${rounded} times as much`;
}

import { decodeNumber, type WireNumber } from '../../display/numbers';
import { si } from '../../display/units';
import { printQuantity } from '../../quantities/print';
import type { PrecisionRow } from './table';

/** Joules of a batch, `11 mJ`, to no more digits than their interval bears; undefined where there are none. */
export function batchEnergy({ energyJ }: Pick<PrecisionRow, 'energyJ'>): string | undefined {
  return energyJ === null ? undefined : likeEnergy(energyJ.value, 'J', energyJ);
}

/** Grams of CO2e of a batch, which the joules' interval bounds as well. */
export function batchCO2e({
  energyJ,
  co2eG,
}: Pick<PrecisionRow, 'energyJ' | 'co2eG'>): string | undefined {
  return co2eG === null ? undefined : likeEnergy(co2eG, 'g', energyJ);
}

/** A figure that goes by the energy, to no more digits than that one bears. */
function likeEnergy(figure: WireNumber, unit: string, energyJ: PrecisionRow['energyJ']): string {
  const value = decodeNumber(figure);
  const joules = energyJ === null ? NaN : decodeNumber(energyJ.value);
  const ends = energyJ?.interval?.map(decodeNumber);
  const [low, high] = ends?.map((end) => end * (value / joules)) ?? [];
  if (low === undefined || high === undefined || !Number.isFinite(low + high))
    return si(value, unit);
  return printQuantity({ value, low, high, complete: true }, unit, { interval: false });
}

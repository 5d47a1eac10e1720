import { significant } from '../../display/units';
import type { GridIntensity } from './grid';

const SPREAD = {
  sources: 'by source',
  zones: 'over the zones that serve it',
  years: 'over its last years',
} as const;

/** `FRA, France`; `WORLD`. */
export function placeOf({ region, name }: GridIntensity): string {
  return region === name ? name : `${region}, ${name}`;
}

/** Where an intensity is from, in a sentence. */
export function describeIntensity(intensity: GridIntensity): string {
  const { region, zone, gramsPerKWh, source, licence } = intensity;
  const place = region === 'given' ? 'Grid' : `Grid of ${placeOf(intensity)}`;
  const facts = [
    `${place}: ${significant(gramsPerKWh)} gCO2e/kWh${spreadText(intensity)}`,
    source,
    ...(zone === undefined ? [] : [`zone ${zone}`]),
    intensity.year === null
      ? `no year: ${intensity.yearReason ?? 'the source names none'}`
      : String(intensity.year),
    ...(licence === null ? [] : [licence]),
  ];
  return `${facts.join(', ')}.`;
}

function spreadText({ region, low, high, spreadOf }: GridIntensity): string {
  if (spreadOf !== 'none')
    return ` (${significant(low)} to ${significant(high)} ${SPREAD[spreadOf]})`;
  return region === 'given' ? '' : ' (one figure is all there is, so how sure it is is not known)';
}

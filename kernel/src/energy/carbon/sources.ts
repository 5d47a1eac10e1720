import { co2Data } from './co2-data';
import { ourWorldInData } from './our-world-in-data';
import type { Region } from './regions';

/** What one source says of a region's electricity. */
export interface IntensitySource {
  readonly gramsPerKWh: number;
  /** Null where the source doesn't say; `yearReason` says why. */
  readonly year: number | null;
  readonly yearReason?: string;
  readonly source: string;
  readonly licence: string | null;
  /** The zone of Electricity Maps that is meant. */
  readonly zone?: string;
}

/** Years of one source that stand for its spread, where it is the only one. */
const YEARS = 3;

/** What each source that knows a region says, the one to take first. */
export function sourcesOf({ region, country, zones, whole }: Region): IntensitySource[] {
  const key = country ?? region;
  return whole
    ? [ember(key), ...zones.map(newest), history(country)].flat()
    : zones.flatMap((zone) => newest(zone));
}

/** The newest years of a zone: how far its figure moves from year to year. */
export function recentYears(zone: string): IntensitySource[] {
  return (co2Data().zones.get(zone)?.years ?? [])
    .slice(0, YEARS)
    .map((figure) => ({ ...figure, ...maps(), zone }));
}

function newest(zone: string): IntensitySource[] {
  return recentYears(zone).slice(0, 1);
}

function maps(): Pick<IntensitySource, 'source' | 'licence'> {
  return {
    source: `Electricity Maps yearly data, in @tgwf/co2 ${co2Data().version}`,
    licence: 'ODbL-1.0, © Electricity Maps',
  };
}

function ember(key: string): IntensitySource[] {
  const { ember: grams, version } = co2Data();
  const gramsPerKWh = grams.get(key);
  if (gramsPerKWh === undefined) return [];
  return [
    {
      gramsPerKWh,
      year: null,
      yearReason: `@tgwf/co2 ${version} holds each region's latest year without naming it`,
      source: `Ember yearly data, in @tgwf/co2 ${version}`,
      licence: 'CC-BY-SA-4.0, Ember',
    },
  ];
}

function history(alpha3: string | null): IntensitySource[] {
  const figure = alpha3 === null ? undefined : ourWorldInData(alpha3);
  if (figure === undefined) return [];
  return [
    {
      ...figure,
      source: 'Our World in Data energy data, after Ember',
      licence: 'CC-BY-4.0, Our World in Data',
    },
  ];
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { lateZod } from '../late-zod';
import type { YearlyFigure } from './our-world-in-data';

/** The data sets as they lie in the package. */
const schemas = (zod: typeof z) => {
  const year = zod.object({
    data: zod.record(
      zod.string(),
      zod.object({
        zone: zod.object({ zoneName: zod.string() }),
        carbonIntensity: zod.object({ value: zod.number().nullish() }),
      }),
    ),
  });
  return {
    ember: zod.object({
      averageIntensity: zod.object({ data: zod.record(zod.string(), zod.number()) }),
    }),
    electricityMaps: zod.object({ default: zod.record(zod.string().regex(/^yearly\d{4}$/), year) }),
    ours: zod.object({ name: zod.literal('@tgwf/co2'), version: zod.string() }),
  };
};

type Schemas = ReturnType<typeof schemas>;
type Years = z.infer<Schemas['electricityMaps']>['default'];

/** A zone of Electricity Maps with its figures, the newest first. */
export interface Zone {
  readonly name: string;
  readonly years: readonly YearlyFigure[];
}

export interface Co2Data {
  readonly version: string;
  /** Ember's averages by alpha-3 code or group of countries, gCO2e/kWh; the package names no years. */
  readonly ember: ReadonlyMap<string, number>;
  readonly zones: ReadonlyMap<string, Zone>;
}

let loaded: Co2Data | undefined;

/** The data sets in `@tgwf/co2`. Loaded with the first report, not with the kernel. */
export function co2Data(): Co2Data {
  if (loaded !== undefined) return loaded;
  const require = createRequire(__filename);
  const { ember, electricityMaps, ours } = schemas(lateZod());
  const averages = ember.parse(require('@tgwf/co2/data')).averageIntensity.data;
  loaded = {
    version: versionOf(require.resolve('@tgwf/co2/data'), ours),
    // A zero stands for next to no electricity, not for one without emissions.
    ember: new Map(Object.entries(averages).filter(([, grams]) => grams > 0)),
    zones: zonesOf(electricityMaps.parse(require('@tgwf/co2/data/electricity-maps')).default),
  };
  return loaded;
}

function zonesOf(years: Readonly<Years>): Map<string, Zone> {
  const zones = new Map<string, { name: string; years: YearlyFigure[] }>();
  const newestFirst = Object.entries(years).sort(([a], [b]) => b.localeCompare(a));
  for (const [key, { data }] of newestFirst) {
    for (const [code, { zone, carbonIntensity }] of Object.entries(data)) {
      const entry = zones.get(code) ?? { name: zone.zoneName, years: [] };
      zones.set(code, entry);
      const gramsPerKWh = carbonIntensity.value;
      if (typeof gramsPerKWh === 'number') {
        entry.years.push({ gramsPerKWh, year: Number(key.slice('yearly'.length)) });
      }
    }
  }
  return new Map([...zones].filter(([, { years: known }]) => known.length > 0));
}

/** The package doesn't export its package.json, so it is looked for above its entry. */
function versionOf(entry: string, ours: Schemas['ours']): string {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const named = ours.safeParse(json);
      if (named.success) return named.data.version;
    } catch {
      // Not in this folder.
    }
  }
  return 'of unknown version';
}

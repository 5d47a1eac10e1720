import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { HalfnoteError } from '../../errors';
import { alpha3Of } from './country-codes';
import { suggestRegions } from './regions';

/** Average carbon intensity of a region's electricity, with where the figure is from. */
export interface GridIntensity {
  readonly gramsPerKWh: number;
  /** ISO 3166-1 alpha-3 code, a group of countries as `WORLD`, or `given`. */
  readonly region: string;
  readonly year: string;
  readonly source: string;
  readonly kind: 'average';
}

/** Taken when no region is given: never a guess from the network. */
export const DEFAULT_REGION = 'WORLD';

const dataset = z.object({
  averageIntensity: z.object({ data: z.record(z.string(), z.number()) }),
});

interface Table {
  readonly grams: Readonly<Record<string, number>>;
  readonly version: string;
}

let table: Table | undefined;

/** Loaded with the first report, not with the kernel. */
function load(): Table {
  if (table !== undefined) return table;
  const require = createRequire(__filename);
  const { averageIntensity } = dataset.parse(require('@tgwf/co2/data'));
  table = { grams: averageIntensity.data, version: versionOf(require.resolve('@tgwf/co2/data')) };
  return table;
}

/** The package doesn't export its package.json, so it is looked for above its entry. */
function versionOf(entry: string): string {
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const named = z.object({ name: z.literal('@tgwf/co2'), version: z.string() }).safeParse(json);
      if (named.success) return named.data.version;
    } catch {
      // Not in this folder.
    }
  }
  return 'of unknown version';
}

/**
 * The average intensity of a country's grid in gCO2e/kWh, life cycle included, from Ember's yearly data.
 * @param region ISO 3166-1 alpha-3 or alpha-2 code (`FRA`, `FR`) or group (`WORLD`, `EU`), in any case.
 * @throws HalfnoteError `unknown-region` that names the nearest ones.
 */
export function gridIntensity(region: string = DEFAULT_REGION): GridIntensity {
  const { grams, version } = load();
  const given = region.trim().toUpperCase();
  const code = Object.hasOwn(grams, given) ? given : (alpha3Of(given) ?? given);
  const gramsPerKWh = Object.hasOwn(grams, code) ? grams[code] : undefined;
  if (gramsPerKWh === undefined) throw unknownRegion(region, Object.keys(grams));
  return {
    gramsPerKWh,
    region: code,
    year: "the region's latest year in the data",
    source: `Ember yearly data, in @tgwf/co2 ${version}`,
    kind: 'average',
  };
}

/** An intensity that the user states, in gCO2e/kWh. */
export function givenIntensity(gramsPerKWh: number): GridIntensity {
  return {
    gramsPerKWh,
    region: 'given',
    year: 'not stated',
    source: 'given by the user',
    kind: 'average',
  };
}

function unknownRegion(region: string, codes: readonly string[]): HalfnoteError {
  const near = suggestRegions(region, codes);
  const meant = near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`;
  return new HalfnoteError(
    'unknown-region',
    `No grid intensity for the region "${region}".${meant}`,
    'A region is an ISO 3166-1 code of a country such as FRA, DEU, GBR or US, or a group such as WORLD or EU. Or state gridIntensity in gCO2e/kWh.',
  );
}

import { HalfnoteError, shown } from '../../errors';
import { cloudRegions } from './cloud-regions';
import { co2Data } from './co2-data';
import { alpha2Of, alpha3Of, countryName } from './countries';
import { subdivisions } from './subdivisions';
import { suggestRegions } from './suggest-regions';

/** What a user named, resolved to what the data sets call it. */
export interface Region {
  /** As it is reported: `FRA`, `WORLD`, `US-CAL-CISO`, `US-CA`, `us-east-1`. */
  readonly region: string;
  readonly name: string;
  readonly kind: 'group' | 'country' | 'zone' | 'state' | 'cloud region';
  /** ISO 3166-1 alpha-3 of the country that the region is, or lies in; null for groups. */
  readonly country: string | null;
  /** Zones of Electricity Maps that serve it, the main one first; empty where there is none. */
  readonly zones: readonly string[];
  /** False: a part of its country, for which the country's figures don't stand. */
  readonly whole: boolean;
}

/** Countries that Electricity Maps has under another code than the two letters. */
const ZONE_OF: Readonly<Record<string, string>> = { CL: 'CL-SEN' };

/**
 * Resolves a region in any case: a country (`FRA`, `FR`), a group (`WORLD`, `EU`), a zone of Electricity Maps
 * (`US-CAL-CISO`), a state (`US-CA`), or a region or zone of AWS, Google Cloud or Azure (`us-east-1`,
 * `europe-west1-b`, `eastus`).
 * @throws HalfnoteError `unknown-region` that names the nearest ones.
 */
export function resolveRegion(region: string): Region {
  const given: unknown = region;
  if (typeof given !== 'string') {
    throw new HalfnoteError(
      'unknown-region',
      `region is ${shown(given)}; it must be a code such as 'FRA', 'US-CA', 'us-east-1' or 'WORLD'.`,
    );
  }
  const code = given.trim().toUpperCase();
  const found =
    group(code) ?? country(code) ?? zone(code) ?? state(code) ?? cloud(code.toLowerCase());
  if (found !== undefined) return found;
  const near = suggestRegions(code);
  throw new HalfnoteError(
    'unknown-region',
    `No grid intensity for the region "${region}".${near.length === 0 ? '' : ` Did you mean ${near.join(', ')}?`}`,
    'A region is a country by ISO 3166-1 (FRA, FR), WORLD, EU or another group, a state (US-CA), a zone of Electricity Maps (US-CAL-CISO), or a region of AWS, Google Cloud or Azure (us-east-1). Or state gridIntensity in gCO2e/kWh.',
  );
}

/** What is wrong with a region, for a magic's option; undefined for one that is known. */
export function complainOfRegion(region: string): string | undefined {
  try {
    resolveRegion(region);
    return undefined;
  } catch (error) {
    return error instanceof HalfnoteError ? error.message : String(error);
  }
}

function group(code: string): Region | undefined {
  if (!co2Data().ember.has(code) || alpha3Of(code) !== undefined) return undefined;
  return { region: code, name: code, kind: 'group', country: null, zones: [], whole: true };
}

function country(code: string): Region | undefined {
  const alpha3 = alpha3Of(code);
  if (alpha3 === undefined) return undefined;
  const zones = zonesOfCountry(alpha3);
  if (zones.length === 0 && !co2Data().ember.has(alpha3)) return undefined;
  const name = countryName(alpha3);
  return { region: alpha3, name, kind: 'country', country: alpha3, zones, whole: true };
}

function zonesOfCountry(alpha3: string): readonly string[] {
  const alpha2 = alpha2Of(alpha3) ?? '';
  const code = ZONE_OF[alpha2] ?? alpha2;
  return co2Data().zones.has(code) ? [code] : [];
}

function zone(code: string): Region | undefined {
  const found = co2Data().zones.get(code);
  if (found === undefined) return undefined;
  const home = alpha3Of(code.slice(0, 2)) ?? null;
  const whole = home !== null && zonesOfCountry(home).includes(code);
  return { region: code, name: found.name, kind: 'zone', country: home, zones: [code], whole };
}

function state(code: string): Region | undefined {
  const found = subdivisions().get(code);
  if (found === undefined) return undefined;
  const home = alpha3Of(code.slice(0, 2)) ?? null;
  return { region: code, kind: 'state', country: home, ...found, whole: false };
}

/** By its name, or that of a zone within it: `us-east-1a`, `us-central1-b`. */
function cloud(id: string): Region | undefined {
  const regions = cloudRegions();
  const within = id.replace(/(\d)-?[a-z]$/, '$1');
  const name = regions.has(id) ? id : within;
  const found = regions.get(name);
  const [main] = found?.zones ?? [];
  if (found === undefined || main === undefined) return undefined;
  const home = zone(main);
  return {
    region: name,
    name: `${found.provider}, ${home?.name ?? main}`,
    kind: 'cloud region',
    country: home?.country ?? null,
    zones: found.zones,
    whole: home?.whole ?? false,
  };
}

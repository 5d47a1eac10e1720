import { nearest } from '../../errors';
import { cloudRegions } from './cloud-regions';
import { co2Data } from './co2-data';
import { alpha2Of, alpha3Of, countriesNamed } from './countries';
import { subdivisions } from './subdivisions';

const MOST = 4;

/**
 * The codes that a user may have meant by `region`: a country's or a zone's English name, a code with
 * letters missing or wrong, or a part of a country that has no figures of its own. Best first.
 */
export function suggestRegions(region: string): string[] {
  const word = region.trim().toUpperCase();
  const found = /[-\d]/.test(word)
    ? [...cloudNear(word.toLowerCase()), ...part(word)]
    : [...named(word), ...countriesNamed(word), ...codesNear(word)];
  const known = [...new Set(found)].filter(isKnown);
  return (known.length > 0 ? known : cloudNear(word.toLowerCase())).slice(0, MOST);
}

function codesNear(word: string): string[] {
  if (word === '') return [];
  const codes = [...co2Data().ember.keys()];
  const begun = codes.filter((code) => code.startsWith(word));
  const slip = word.length === 3 ? (alpha3Of(word.slice(0, 2)) ?? []) : [];
  return [begun, slip, nearest(word, codes).filter((code) => shareTwo(word, code))].flat();
}

function isKnown(code: string): boolean {
  const { ember, zones } = co2Data();
  return ember.has(code) || zones.has(code) || subdivisions().has(code) || cloudRegions().has(code);
}

/** Parts of countries by their English name: `Corsica`, `New South Wales`, `California`. */
function named(word: string): string[] {
  if (word.length < 4) return [];
  return [...co2Data().zones, ...subdivisions()]
    .filter(([code, { name }]) => code.includes('-') && name.toUpperCase().startsWith(word))
    .map(([code]) => code);
}

/** Of `DE-BY` or `USA-CA`: what is known of the country's parts, and the country. */
function part(word: string): string[] {
  const [, prefix, rest = ''] = /^([A-Z]{2,3})-(.+)/.exec(word) ?? [];
  const country = prefix === undefined ? undefined : alpha3Of(prefix);
  if (country === undefined) return [];
  const alpha2 = alpha2Of(country) ?? '';
  const parts = [...subdivisions().keys(), ...co2Data().zones.keys()].filter((code) =>
    code.startsWith(`${alpha2}-`),
  );
  return [...nearest(`${alpha2}-${rest}`, parts, 2), country];
}

/** Regions of clouds that begin as `id` does: `us-east-9`, `europe-west-1`. */
function cloudNear(id: string): string[] {
  if (id.length < 6) return [];
  return nearest(id, [...cloudRegions().keys()]).filter((name) => name.startsWith(id.slice(0, 6)));
}

/** Are two of the letters of a short code those of another? Codes of three letters are all near. */
function shareTwo(word: string, code: string): boolean {
  const shared = Array.from(code).filter((letter) => word.includes(letter));
  return new Set(shared).size >= 2 && word[0] === code[0];
}
